/// A word that stands in many objects: all share one.
macro_rules! word {
    ($text:expr) => {{
        thread_local! {
            static WORD: $crate::cluster::api::Str = $text.into();
        }
        WORD.with(Clone::clone)
    }};
}
pub(crate) use word;
