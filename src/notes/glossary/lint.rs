use super::{Glossary, mention::lower};
use crate::{
    ids::Lang,
    notes::{Diagnostic, Library, passage::text_of},
};

impl Glossary {
    /// What does not hold of this glossary beside this library: lessons that are not there, and terms
    /// that their lesson does not use.
    pub fn lint(&self, library: &Library) -> Vec<Diagnostic> {
        let mut found = Vec::new();
        for term in self.terms() {
            if library.lesson(&term.lesson, Lang::Zh).is_none() {
                let message = format!("term `{}`: there is no lesson `{}`", term.id, term.lesson);
                let help = "`podlings notes list` shows them all.";
                found.push(self.problem(term.line, message, help));
            }
        }
        for lesson in library.lessons() {
            let mut its = self
                .terms()
                .iter()
                .filter(|term| term.lesson == lesson.id)
                .peekable();
            if its.peek().is_none() {
                continue;
            }
            let text = lower(&text_of(&lesson.document()));
            for term in its.filter(|term| !term.is_in(&text, lesson)) {
                let (id, lang) = (&term.id, lesson.lang);
                let message = format!(
                    "term `{id}`: lesson `{}` does not use it in {lang}",
                    lesson.id
                );
                let help =
                    "Name the lesson that explains it, or add what that lesson calls it to `also`.";
                found.push(self.problem(term.line, message, help));
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notes::{Origin, SourceFile, read};

    #[test]
    fn a_term_has_a_lesson_that_uses_it_in_both_languages() {
        let term = |id: &str, lesson: &str, zh: &str, en: &str| {
            format!(
                "[[term]]\nid = \"{id}\"\nlesson = \"{lesson}\"\nzh = \"{zh}\"\nen = \"{en}\"\nline = {{ zh = \"甲\", en = \"a\" }}\n"
            )
        };
        let text = [
            "format_version = 1\n".to_owned(),
            term("pod", "x", "容器组", "Pod"),
            term("node", "x", "节点", "node"),
            term("lost", "y", "丢失", "lost"),
        ];
        let file = SourceFile::new("g.toml", Origin::Course, text.concat());
        let (glossary, found) = Glossary::read(&file);
        assert_eq!(found, []);
        let lesson = |lang: &str, text: &str| {
            let front = format!("+++\nid = \"x\"\n+++\n\n# T\n\n{text}\n");
            SourceFile::new(format!("x.{lang}.md"), Origin::Course, front)
        };
        let files = [lesson("zh", "节点上的容器组。"), lesson("en", "On a node.")];
        let said: Vec<(u32, String)> = glossary
            .lint(&read(&files, None).0)
            .into_iter()
            .map(|one| (one.line, one.message))
            .collect();
        assert_eq!(
            said,
            [
                (15, "term `lost`: there is no lesson `y`".to_owned()),
                (3, "term `pod`: lesson `x` does not use it in en".to_owned()),
            ]
        );
    }
}
