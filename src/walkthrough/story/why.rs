use super::{names, said, sentence, told};
use crate::{
    cluster::trace::{Step, StepKind},
    locale::Locale,
};

/// Why a step followed from the one that caused it, in a sentence for somebody who does not know yet how
/// the parts of a cluster hear of each other.
pub fn because(step: &Step, cause: &Step, locale: &Locale) -> String {
    let form = match (cause.kind, step.kind) {
        (StepKind::Request, StepKind::Gate) => "story.why-arrived",
        (StepKind::Gate, StepKind::Gate) => "story.why-passed",
        (StepKind::Gate, StepKind::Store) => "story.why-all-passed",
        (StepKind::Request, StepKind::Store) => "story.why-asked",
        (StepKind::Store, StepKind::Watch) => "story.why-written",
        (StepKind::Watch, _) if !cause.name.is_empty() => "story.why-heard",
        (StepKind::Decision, _) if cause.from == step.from => {
            let message = said::said(&cause.message, locale);
            let message = message.trim_end_matches(['.', '。']);
            return locale.fill("story.why-decided", &[("message", &message)]);
        }
        _ => return sentence(cause, locale),
    };
    let (from, to) = (names::actor(cause, locale), names::who(&cause.to, locale));
    told(cause, form, (&from, &to), locale)
}
