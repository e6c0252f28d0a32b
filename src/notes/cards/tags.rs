use std::ops::Range;

/// The tags a text consists of, if it consists of nothing else.
pub(super) fn only(text: &str) -> Option<Vec<String>> {
    let tags: Option<Vec<String>> = text.split_whitespace().map(tag).collect();
    tags.filter(|tags| !tags.is_empty())
}

/// Takes the tags off the end of a text's last line, and lines of nothing but tags after it.
pub(super) fn take_trailing(text: &mut String) -> Vec<String> {
    let mut taken = Vec::new();
    loop {
        let kept = text.trim_end();
        let start = kept.rfind(char::is_whitespace).map_or(0, |at| {
            at + kept[at..].chars().next().map_or(1, char::len_utf8)
        });
        let Some(found) = tag(&kept[start..]) else {
            break;
        };
        if start == 0 {
            break;
        }
        taken.insert(0, found);
        text.truncate(start);
    }
    text.truncate(text.trim_end().len());
    taken
}

/// Takes the tags off the end of a text's first line, where a question of several lines has them.
pub(super) fn take_from_first_line(text: &mut String) -> Vec<String> {
    let Some(end) = text.find('\n') else {
        return take_trailing(text);
    };
    let mut first = text[..end].to_owned();
    let mut taken = take_trailing(&mut first);
    if !taken.is_empty() {
        text.replace_range(..end, &first);
    }
    taken.extend(take_trailing(text));
    taken
}

/// Whether running text mentions this tag, or one below it (`#flashcards/docker`).
pub(super) fn mentions(
    text: &str,
    range: &Range<usize>,
    opaque: &[Range<usize>],
    name: &str,
) -> bool {
    text[range.clone()].match_indices('#').any(|(at, _)| {
        let at = at + range.start;
        let free = text[..at]
            .chars()
            .next_back()
            .is_none_or(char::is_whitespace);
        let rest = &text[at..range.end];
        let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
        free && !opaque.iter().any(|part| part.contains(&at))
            && tag(&rest[..end]).is_some_and(|tag| {
                tag.strip_prefix(name)
                    .is_some_and(|below| below.is_empty() || below.starts_with('/'))
            })
    })
}

/// The tag a word is: `k8s` of `#k8s`. Numbers (`#12`) are none.
fn tag(word: &str) -> Option<String> {
    let name = word.strip_prefix('#')?;
    let allowed = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '/');
    (name.chars().all(allowed) && name.chars().any(char::is_alphabetic)).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_end_a_line_or_stand_alone() {
        let mut text = "what is a Pod? #k8s #基础".to_owned();
        assert_eq!(take_trailing(&mut text), ["k8s", "基础"]);
        assert_eq!(text, "what is a Pod?");
        assert_eq!(
            only("#a #b/c"),
            Some(vec!["a".to_owned(), "b/c".to_owned()])
        );
        assert_eq!(only("#a and more"), None);
        assert_eq!(only(""), None);
    }

    #[test]
    fn numbers_and_words_with_a_sharp_are_no_tags() {
        for text in ["issue #12", "C#", "in C #", "`#x`", "a#b"] {
            let mut kept = text.to_owned();
            assert_eq!(take_trailing(&mut kept), Vec::<String>::new(), "{text}");
            assert_eq!(kept, text);
        }
    }

    #[test]
    fn a_question_of_several_lines_may_have_them_on_its_first() {
        let mut text = "which of these? #k8s\n\n- a\n- b".to_owned();
        assert_eq!(take_from_first_line(&mut text), ["k8s"]);
        assert_eq!(text, "which of these?\n\n- a\n- b");
    }
}
