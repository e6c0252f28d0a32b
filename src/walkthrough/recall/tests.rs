use proptest::prelude::*;

use super::*;
use crate::walkthrough::built_in;

#[test]
fn every_built_in_story_has_a_chain_that_can_be_asked() {
    for scenario in built_in() {
        let run = Run::new(&scenario, scenario.seed(), false);
        let (gaps, recount) = (run.gaps(1), run.recount(1));
        assert!(
            (5..=20).contains(&recount.len()),
            "{} {}",
            scenario.id,
            recount.len()
        );
        assert!(
            gaps.len() * 3 >= recount.len() * 2,
            "{} {}",
            scenario.id,
            gaps.len()
        );
    }
}

fn links_of(scenario: &str) -> Vec<String> {
    let scenario = crate::walkthrough::find(scenario).expect("built in");
    let run = Run::new(&scenario, scenario.seed(), false);
    let recount = run.recount(1).into_iter();
    recount
        .map(|one| one.options[one.answer].en.clone())
        .collect()
}

/// Whether these parts are told in this order, however much stands between them.
fn tells(links: &[String], parts: &[&str]) {
    let mut rest = links.iter();
    for part in parts {
        assert!(rest.any(|link| link.contains(part)), "{part}\n{links:#?}");
    }
    for noise in ["refused", "list", "Endpoints,"] {
        assert!(!links.iter().any(|link| link.contains(noise)), "{links:#?}");
    }
}

#[test]
fn rc_create_is_recounted_from_the_command_to_ready_replicas() {
    let parts = [
        "kubectl asks kube-apiserver to create the ReplicationController",
        "gate: authentication",
        "kube-apiserver writes the ReplicationController into etcd",
        "shows kube-controller-manager a new ReplicationController",
        "kube-controller-manager creates the Pods",
        "shows kube-scheduler a new Pod",
        "kube-scheduler writes the Binding",
        "shows kubelet a Pod",
        "kubelet has containerd set up the Pod's sandbox",
        "containerd has CNI",
        "kubelet has containerd start",
        "kubelet reports the Pod's status: Running",
        "kube-controller-manager writes readyReplicas",
    ];
    tells(&links_of("rc-create"), &parts);
}

#[test]
fn service_create_is_recounted_from_the_service_to_the_answer() {
    let links = links_of("service-create");
    let parts = [
        "kubectl asks kube-apiserver to create the Service",
        "gives the Service a cluster IP",
        "creates the EndpointSlice",
        "shows kube-proxy a new EndpointSlice",
        "that lead to the Pods",
        "finds the rules of that Service",
        "(DNAT)",
        "straight to the Pod",
        "The Pod answers",
    ];
    tells(&links, &parts);
    assert!(links[0].contains("Service"), "{links:#?}");
    assert!(
        !links
            .iter()
            .any(|link| link.contains("ReplicationController"))
    );
}

#[test]
fn what_a_chapter_tells_is_asked_before_it_begins() {
    for id in ["rc-create", "service-create"] {
        let scenario = crate::walkthrough::find(id).expect("built in");
        let run = Run::new(&scenario, scenario.seed(), false);
        let begins = run.chapters();
        for asked in run.predictions() {
            assert!(!begins.contains(&Some(asked.before)), "{id} {}", asked.id);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn whatever_the_seed_there_is_one_right_answer_and_it_is_what_happened(seed in any::<u64>(), which in 0..11_usize) {
        let scenario = built_in().swap_remove(which);
        let run = Run::new(&scenario, scenario.seed(), false);
        prop_assert_eq!(run.recount(seed), run.recount(seed));
        let chain = Chain::of(&run);
        let recount = run.recount(seed);
        prop_assert!(recount.is_sorted_by_key(|one| one.before));
        for asked in run.gaps(seed).iter().chain(&recount) {
            prop_assert!(asked.answer < asked.options.len());
            prop_assert!((2..=OPTIONS).contains(&asked.options.len()));
            for (at, option) in asked.options.iter().enumerate() {
                prop_assert!(!asked.options[..at].contains(option), "{:?}", asked);
            }
        }
        for asked in &recount {
            let place = chain.links.iter().position(|one| one.step.id == asked.before);
            let place = place.expect("a link of the chain");
            let right = &chain.links[place].told;
            prop_assert_eq!(&asked.options[asked.answer], right);
            // What might as well come next is not called wrong.
            for option in asked.options.iter().filter(|one| *one != right) {
                let later = chain.links[place..].iter().find(|one| one.told == *option);
                if let Some(later) = later {
                    prop_assert!(chain.follows(later.step, asked.before), "{:?}", asked);
                }
            }
        }
    }
}
