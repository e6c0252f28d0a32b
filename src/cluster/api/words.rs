/// A word that stands in many objects: all share one.
macro_rules! word {
    ($text:expr) => {{
        static WORD: std::sync::OnceLock<$crate::cluster::api::Str> = std::sync::OnceLock::new();
        WORD.get_or_init(|| $text.into()).clone()
    }};
}
pub(crate) use word;
