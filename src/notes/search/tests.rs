use proptest::prelude::*;

use super::*;
use crate::notes::{Card, CardKind, Lesson, Module, Origin, Section};

fn lesson(id: &str, lang: Lang, title: &str, sections: &[&str]) -> Lesson {
    let section = |title: &str| Section {
        title: title.into(),
        level: 2,
        line: 1,
    };
    Lesson {
        id: id.into(),
        lang,
        origin: Origin::Course,
        title: title.into(),
        module: "docker".into(),
        requires: Box::default(),
        domain: Box::default(),
        minutes: 0,
        checked: Box::default(),
        sources: Box::default(),
        tags: Box::default(),
        file: "d.md".into(),
        line: 1,
        sections: std::iter::once(title)
            .chain(sections.iter().copied())
            .map(section)
            .collect(),
        trail: Box::default(),
        place: Default::default(),
    }
}

fn card(id: &str, lang: Lang, lesson: &str, front: &str, back: &str) -> Card {
    Card {
        id: id.into(),
        lang,
        kind: CardKind::Basic,
        front: front.into(),
        back: back.into(),
        lesson: lesson.into(),
        section: 0,
        tags: Box::default(),
        siblings: None,
        file: "d.md".into(),
        line: 1,
        id_written: true,
    }
}

fn library() -> Library {
    let module = Module {
        id: "docker".into(),
        origin: Origin::Course,
        title_zh: "Docker 篇".into(),
        title_en: "Docker".into(),
    };
    let (zh, en) = (Lang::Zh, Lang::En);
    let lessons = vec![
        lesson("d04", zh, "容器的一生", &["七种状态", "面试里怎么答"]),
        lesson(
            "d04",
            en,
            "Container states",
            &["Seven states", "In the interview"],
        ),
        lesson("d01", zh, "Docker 架构", &["守护进程"]),
        lesson("k11", zh, "Label 与选择器", &[]),
        lesson("k26", zh, "kubectl 与 kubectl proxy", &[]),
    ];
    let cards = vec![
        card(
            "d04.pid1",
            zh,
            "d04",
            "什么决定**容器**是 `running` 还是 exited？",
            "它的主进程（PID 1）是否还活着。",
        ),
        card(
            "d04.pid1",
            en,
            "d04",
            "What decides whether a container is running?",
            "Whether its main process lives.",
        ),
        card(
            "d04.seven",
            zh,
            "d04",
            "容器有哪些状态？",
            "created、running、paused 等七种",
        ),
        card(
            "d04.exit-137",
            zh,
            "d04",
            "退出码 137 说明什么？",
            "进程被 SIGKILL 杀死，容器常因内存超限",
        ),
        card(
            "k21.stateful",
            zh,
            "k11",
            "有状态应用用什么？",
            "StatefulSet",
        ),
    ];
    Library::new(vec![module], lessons, cards)
}

fn titles(query: &str, lang: Lang) -> Vec<String> {
    let library = library();
    let hits = SearchIndex::new(&library).search(&library, query, lang, 10);
    hits.into_iter().map(|hit| hit.title).collect()
}

fn best(query: &str) -> String {
    titles(query, Lang::Zh)
        .into_iter()
        .next()
        .unwrap_or_default()
}

#[test]
fn chinese_is_found_by_itself_its_sound_and_its_initials() {
    assert_eq!(best("七种状态"), "七种状态");
    assert_eq!(best("qizhong"), "七种状态");
    assert_eq!(best("qzzt"), "七种状态");
    assert_eq!(best("rongqi"), "容器的一生");
    for query in ["zhuangtai", "zt", "yzt"] {
        assert!(
            titles(query, Lang::Zh).contains(&"有状态应用用什么？".to_owned()),
            "{query}"
        );
    }
    assert!(
        titles("yzt", Lang::Zh).contains(&"容器有哪些状态？".to_owned()),
        "letters in between"
    );
}

#[test]
fn words_are_found_in_any_order_and_script() {
    assert_eq!(best("docker jg"), "Docker 架构");
    assert_eq!(best("jiagou DOCKER"), "Docker 架构");
    assert_eq!(best("ｄｏｃｋｅｒ架构"), "Docker 架构");
    assert_eq!(best("ｄｏｃｋｅｒ　架构"), "Docker 架构");
    assert_eq!(best("docker 状态"), "");
}

#[test]
fn slips_of_the_pen_find_what_is_meant() {
    assert_eq!(best("Lable"), "Label 与选择器");
    assert_eq!(best("Kuberctl"), "kubectl 与 kubectl proxy");
    assert_eq!(best("Kubernetes Proxy"), "kubectl 与 kubectl proxy");
}

#[test]
fn letters_may_be_left_out() {
    assert_eq!(best("kbctl"), "kubectl 与 kubectl proxy");
    assert_eq!(best("dckr"), "Docker 架构");
    assert_eq!(best("zzzz"), "");
    assert_eq!(best(" "), "");
}

#[test]
fn exact_beats_fuzzy_and_a_title_beats_an_answer() {
    let found = titles("running", Lang::Zh);
    assert_eq!(found[0], "什么决定容器是 running 还是 exited？");
    assert_eq!(found[1], "容器有哪些状态？");
    let found = titles("容器", Lang::Zh);
    assert_eq!(found[0], "容器的一生");
    assert_eq!(
        found.last().map(String::as_str),
        Some("退出码 137 说明什么？")
    );
}

#[test]
fn each_thing_is_found_once_and_in_either_language() {
    assert_eq!(titles("container states", Lang::Zh), ["Container states"]);
    let library = library();
    let index = SearchIndex::new(&library);
    let hits = index.search(&library, "running", Lang::En, 10);
    let pid1: Vec<_> = hits
        .iter()
        .filter(|hit| hit.kind == HitKind::Card("d04.pid1".into()))
        .collect();
    assert_eq!(pid1.len(), 1);
    assert_eq!(pid1[0].lang, Lang::En);
    assert_eq!(index.search(&library, "running", Lang::En, 1).len(), 1);
}

#[test]
fn a_term_is_found_by_any_of_its_names_and_by_what_it_means() {
    let glossary = Glossary::built_in();
    let library = Library::default();
    let index = SearchIndex::new(&library).with_terms(glossary);
    let found = |query: &str, lang| {
        let hits = index.search(&library, query, lang, 60);
        hits.into_iter()
            .next()
            .map(|hit| (hit.kind, hit.title, hit.context))
    };
    let scheduler = glossary.term(&"scheduler".into()).expect("a term");
    for (query, lang, title) in [
        ("调度器", Lang::Zh, "调度器"),
        ("diaoduqi", Lang::Zh, "调度器"),
        ("ddq", Lang::Zh, "调度器"),
        ("Scheduler", Lang::En, "scheduler"),
    ] {
        let (kind, found, context) = found(query, lang).expect(query);
        assert_eq!(
            (kind, &*found),
            (HitKind::Term("scheduler".into()), title),
            "{query}"
        );
        assert_eq!(context, scheduler.meaning(lang), "{query}");
    }
    let (kind, title, context) = found("kube-scheduler", Lang::Zh).expect("another name");
    assert_eq!(kind, HitKind::Term("scheduler".into()));
    assert_eq!((&*title, &*context), ("kube-scheduler", "scheduler"));
    for (slip, id) in [
        ("Lable", "label"),
        ("Kuberctl", "kubectl"),
        ("Kubernetes Proxy", "kubectl-proxy"),
    ] {
        assert_eq!(
            found(slip, Lang::En).expect(slip).0,
            HitKind::Term(id.into())
        );
    }
    let meant = found("SIGKILL SIGTERM", Lang::Zh).expect("what it means").0;
    assert!(
        [
            HitKind::Term("exit-code".into()),
            HitKind::Term("grace-period".into())
        ]
        .contains(&meant)
    );
    let mut kinds: Vec<HitKind> = Vec::new();
    for hit in index.search(&library, "container", Lang::En, 60) {
        assert!(!kinds.contains(&hit.kind), "{:?} twice", hit.kind);
        kinds.push(hit.kind);
    }
}

#[test]
fn a_term_comes_after_the_lesson_that_begins_with_it_and_before_cards() {
    let library = library();
    let index = SearchIndex::new(&library).with_terms(Glossary::built_in());
    for query in ["容器", "rongqi"] {
        let hits = index.search(&library, query, Lang::Zh, 20);
        let at = |kind: HitKind| hits.iter().position(|hit| hit.kind == kind);
        let lesson = at(HitKind::Lesson("d04".into()));
        let term = at(HitKind::Term("container".into()));
        let card = at(HitKind::Card("d04.seven".into()));
        assert!(
            lesson.is_some() && lesson < term && term < card,
            "{query}: {hits:?}"
        );
    }
}

#[test]
fn a_hit_shows_where_it_stands_and_what_was_found() {
    let library = library();
    let index = SearchIndex::new(&library);
    let marked = |text: &str, at: &[u32]| -> String {
        at.iter()
            .filter_map(|at| text.chars().nth(*at as usize))
            .collect()
    };
    let hit = &index.search(&library, "qzzt", Lang::Zh, 1)[0];
    assert_eq!(
        hit.kind,
        HitKind::Section {
            lesson: "d04".into(),
            section: 1
        }
    );
    assert_eq!(hit.context, "容器的一生");
    assert_eq!(marked(&hit.title, &hit.title_matches), "七种状态");
    let hit = &index.search(&library, "sigkill", Lang::Zh, 1)[0];
    assert_eq!(hit.context, "进程被 SIGKILL 杀死，容器常因内存超限");
    assert_eq!(marked(&hit.context, &hit.context_matches), "SIGKILL");
    assert!(hit.title_matches.is_empty());
    let hit = &index.search(&library, "架构", Lang::Zh, 1)[0];
    assert_eq!(hit.context, "Docker 篇");
}

#[test]
fn a_long_answer_is_shown_around_what_was_found() {
    let back = format!("{}needle{}", "草".repeat(90), "草".repeat(90));
    let (text, matches) = excerpt(&back, (90..96).collect());
    assert!(text.starts_with("…草") && text.ends_with("草…"));
    let found: String = matches
        .iter()
        .filter_map(|at| text.chars().nth(*at as usize))
        .collect();
    assert_eq!(found, "needle");
}

proptest! {
    #[test]
    fn any_query_is_answered(query in any::<String>()) {
        titles(&query, Lang::En);
    }

    #[test]
    fn what_is_marked_is_in_the_text(query in "[a-z容器状态 ]{1,6}") {
        let library = library();
        for hit in SearchIndex::new(&library).search(&library, &query, Lang::Zh, 20) {
            let title = hit.title.chars().count() as u32;
            let context = hit.context.chars().count() as u32;
            prop_assert!(hit.title_matches.iter().all(|at| *at < title));
            prop_assert!(hit.context_matches.iter().all(|at| *at < context));
            prop_assert!(!hit.title_matches.is_empty() || !hit.context_matches.is_empty());
        }
    }
}
