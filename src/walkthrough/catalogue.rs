use std::{collections::BTreeMap, rc::Rc, sync::LazyLock};

use include_dir::{Dir, include_dir};

use super::Scenario;
use crate::{cluster::trace::Actor, ids::LessonId};

static SCENARIOS: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/content/scenarios");

/// The scenarios within the program, in the order in which they are best seen. A test holds that each
/// file reads well.
pub fn built_in() -> Vec<Rc<Scenario>> {
    const ORDER: [&str; 11] = [
        "rc-create",
        "service-create",
        "self-healing",
        "scale",
        "rolling-update",
        "scheduling",
        "crash-loop",
        "image-pull",
        "api-gates",
        "list-watch",
        "scheduler-off",
    ];
    let mut found: Vec<Rc<Scenario>> = SCENARIOS
        .files()
        .filter_map(|file| Scenario::parse(file.contents_utf8()?).ok())
        .map(Rc::new)
        .collect();
    let place = |id: &str| {
        ORDER
            .iter()
            .position(|one| *one == id)
            .unwrap_or(ORDER.len())
    };
    found.sort_by(|one, other| (place(&one.id), &one.id).cmp(&(place(&other.id), &other.id)));
    found
}

/// The scenario of this id within the program.
pub fn find(id: &str) -> Option<Rc<Scenario>> {
    built_in().into_iter().find(|scenario| scenario.id == id)
}

/// The lessons that have a scenario within the program.
pub fn lessons_walked() -> &'static [LessonId] {
    static LESSONS: LazyLock<Vec<LessonId>> =
        LazyLock::new(|| built_in().iter().map(|one| one.lesson.clone()).collect());
    &LESSONS
}

/// The lesson about a part of the cluster.
pub fn lesson_about(actor: &Actor) -> Option<&'static LessonId> {
    static LESSONS: LazyLock<BTreeMap<String, LessonId>> = LazyLock::new(|| {
        toml::from_str(include_str!("../../content/components.toml"))
            .expect("the built-in list of components is valid TOML")
    });
    LESSONS.get(&super::chain::component(actor))
}
