use std::{fmt::Write, fs, path::PathBuf};

use podlings::{
    ids::Lang,
    locale::Locale,
    walkthrough::{Run, built_in, story},
};

/// Each scenario's run, a line a step, as it is kept in `tests/golden/walk/`. `UPDATE_GOLDENS=1` writes
/// them anew: read the difference before committing it.
#[test]
fn every_scenario_goes_as_it_went() {
    for scenario in built_in() {
        let run = Run::new(&scenario, scenario.seed(), false);
        let mut text = String::new();
        for step in run.steps() {
            let _ = writeln!(
                text,
                "{} {} {} {} > {} {} {}/{}{}{} {} {} <{} {} {}",
                step.id.0,
                step.at.millis(),
                step.kind.as_str(),
                step.from,
                step.to,
                step.verb,
                step.resource,
                step.name,
                if step.subresource.is_empty() { "" } else { "/" },
                step.subresource,
                step.code,
                step.revision,
                step.cause.0,
                step.reason,
                step.message,
            );
        }
        holds(&format!("{}.steps", scenario.id), &text);
    }
}

#[test]
fn the_two_flows_read_as_they_read() {
    for id in ["rc-create", "service-create"] {
        let scenario = built_in()
            .into_iter()
            .find(|it| it.id == id)
            .expect("built in");
        let run = Run::new(&scenario, scenario.seed(), false);
        for (lang, locale) in [(Lang::Zh, Locale::zh()), (Lang::En, Locale::en())] {
            holds(
                &format!("{id}.{}.txt", lang.code()),
                &story(&run, lang, locale),
            );
        }
    }
}

fn holds(name: &str, found: &str) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden/walk")
        .join(name);
    if std::env::var_os("UPDATE_GOLDENS").is_some() {
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(&path, found).expect("written");
        return;
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    for (number, (one, other)) in (1..).zip(found.lines().zip(expected.lines())) {
        assert_eq!(one, other, "{name}:{number}");
    }
    assert_eq!(found.lines().count(), expected.lines().count(), "{name}");
}
