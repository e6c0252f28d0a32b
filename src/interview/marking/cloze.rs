//! What was typed into a blank, beside what may stand there.

use unicode_normalization::UnicodeNormalization;

use super::{command::Invocation, normal::is_character};
use crate::interview::{Cloze, Compare};

/// Which of the accepted forms it is.
pub(super) fn accepted(cloze: &Cloze, typed: &str) -> Option<usize> {
    let same: Box<dyn Fn(&str) -> bool> = match cloze.compare {
        Compare::Text => {
            let typed = folded(typed);
            Box::new(move |form| folded(form) == typed)
        }
        Compare::Command => {
            let typed = Invocation::read(typed);
            Box::new(move |form| Invocation::read(form) == typed)
        }
    };
    cloze.accept.iter().position(|form| same(form))
}

/// In one case and width, with one space where there are several and none beside Chinese, without quotes
/// or backticks around it or an end of a sentence after it.
fn folded(text: &str) -> String {
    let lower: String = text.nfkc().flat_map(char::to_lowercase).collect();
    let is_around = |c: char| c.is_whitespace() || "`'\"“”‘’。.!；;,".contains(c);
    let kept = match lower.trim_matches(is_around) {
        // A dot may be the answer.
        "" => lower.trim(),
        // `.dockerignore` begins with one.
        inner => {
            let start = inner.as_ptr() as usize - lower.as_ptr() as usize;
            let dotted = lower[..start].ends_with('.');
            &lower[start - usize::from(dotted)..start + inner.len()]
        }
    };
    let mut folded = String::new();
    for word in kept.split_whitespace() {
        let parts = |c: Option<char>| c.is_some_and(|c| !is_character(c));
        if parts(folded.chars().next_back()) && parts(word.chars().next()) {
            folded.push(' ');
        }
        folded.push_str(word);
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cloze(accept: &[&str], compare: Compare) -> Cloze {
        Cloze {
            accept: accept.iter().map(|form| (*form).to_owned()).collect(),
            compare,
        }
    }

    #[test]
    fn case_width_and_spaces_do_not_count() {
        let cloze = cloze(
            &["SIGTERM", "10 秒", "docker ps -a", ".dockerignore"],
            Compare::Text,
        );
        for (typed, form) in [
            ("sigterm", Some(0)),
            (" ＳＩＧＴＥＲＭ。", Some(0)),
            ("`SIGTERM`", Some(0)),
            ("10秒", Some(1)),
            ("１０　秒", Some(1)),
            ("docker  ps   -a", Some(2)),
            (".dockerignore", Some(3)),
            ("`.dockerignore`.", Some(3)),
            ("dockerignore", None),
            ("docker ps a", None),
            ("SIGKILL", None),
            ("", None),
            ("。", None),
        ] {
            assert_eq!(accepted(&cloze, typed), form, "{typed}");
        }
    }

    #[test]
    fn a_command_compares_by_what_it_says() {
        let cloze = cloze(&["kubectl get pods -n web -o wide"], Compare::Command);
        assert_eq!(
            accepted(&cloze, "k get po --output=wide --namespace web"),
            Some(0)
        );
        assert_eq!(accepted(&cloze, "kubectl get pods -n web"), None);
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_compared(typed in ".{0,40}") {
            for compare in [Compare::Text, Compare::Command] {
                let _ = accepted(&cloze(&["a", "docker run -it x"], compare), &typed);
                proptest::prop_assert_eq!(accepted(&cloze(&[&typed], compare), &typed), Some(0));
            }
        }
    }
}
