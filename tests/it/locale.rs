//! Every text the interface shows exists in both languages.

use std::collections::BTreeSet;

use podlings::locale::Locale;

#[test]
fn both_languages_have_the_same_texts_with_the_same_places() {
    let names = |locale: &'static Locale| locale.names().collect::<BTreeSet<_>>();
    let zh = names(Locale::zh());
    let en = names(Locale::en());
    assert_eq!(zh.difference(&en).collect::<Vec<_>>(), Vec::<&&str>::new());
    assert_eq!(en.difference(&zh).collect::<Vec<_>>(), Vec::<&&str>::new());
    for name in zh {
        assert_eq!(
            places(Locale::zh().text(name)),
            places(Locale::en().text(name)),
            "places of {name}"
        );
    }
}

fn places(text: &str) -> BTreeSet<&str> {
    text.split('{')
        .skip(1)
        .filter_map(|rest| rest.split('}').next())
        .collect()
}
