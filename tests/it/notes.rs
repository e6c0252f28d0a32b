//! Notes as people have them: plain, strange, and broken.

use std::{
    fs,
    path::{Path, PathBuf},
};

use podlings::notes::{
    CardKind, Code, Diagnostic, Library, Origin, Severity, SourceFile, course, disk, plain, read,
};
use proptest::prelude::*;

use crate::program::Home;

const PLAIN: &str = include_str!("../fixtures/plain-notes.zh.md");

fn library(text: &str) -> Library {
    read(&[SourceFile::new("notes.md", Origin::Own, text)], None).0
}

#[test]
fn plain_notes_become_lessons_and_cards_without_markup_of_ours() {
    let library = library(PLAIN);
    let titles: Vec<&str> = library.lessons().iter().map(|one| &*one.title).collect();
    assert_eq!(
        titles,
        [
            "沙盒",
            "沙盒的组成",
            "沙盒问答",
            "舰队",
            "舰队里的词",
            "舰队的样子"
        ]
    );
    let cards: Vec<(String, String)> = library
        .cards()
        .iter()
        .map(|card| {
            let answer = plain(&card.back);
            let first = answer.lines().next().unwrap_or_default().to_owned();
            (plain(&card.front), first)
        })
        .collect();
    let expected = [
        (
            "沙盒是啥",
            "把一个程序连同它要用的文件装进一个小格子里跑，换一台机器，格子里的样子不变",
        ),
        ("模具", "一份只读的文件，照着它能压出许多个格子"),
        ("格子", "模具和格子好比图纸和房子，图纸不会动，房子里住着人"),
        ("货架", "摆放模具的地方，谁要用就去取一份"),
        ("模具是什么？", "压出格子的底稿，只读"),
        ("格子是什么？", "照模具压出来的一个进程，自带全部家当"),
        ("格子会处在哪些情形？", "在跑、停住、重来、结束"),
        ("底稿文件里的常见词", "FROM   选一块底"),
        ("COPY 和 ADD 差在哪？", "前一个只拿本地的东西，别的一样"),
        (
            "格子停了，里面的东西还在吗？",
            "停了以后列表里看不到，加个参数就看得到，还能再开；拆掉才没有",
        ),
        ("水手", "干活的机器，舰队在它上面管的最小东西叫 Pod"),
        ("Pod", "最小的一组，一个或几个贴得很紧的格子"),
        ("RC（Replication Controller）", "想要的样子；"),
        ("etcd", "记下舰队里的每一样东西，别人只能经过门房去看去改。"),
        ("API Server", "唯一的门，先看全部，再听变化。"),
        ("Proxy", "改路牌的，自己不送信。"),
    ]
    .map(|(question, answer)| (question.to_owned(), answer.to_owned()));
    assert_eq!(cards, expected);
}

/// A line without markup and white space.
fn bare(line: &str) -> String {
    line.trim_start_matches(['#', '*', '`', ' '])
        .replace("**", "")
        .split_whitespace()
        .collect()
}

#[test]
fn every_line_of_plain_notes_can_be_read_in_some_lesson() {
    let home = Home::new();
    let file = home.file("notes.md", PLAIN);
    let file = file.to_str().expect("UTF-8");
    let lessons = [
        "沙盒",
        "沙盒的组成",
        "沙盒问答",
        "舰队",
        "舰队里的词",
        "舰队的样子",
    ];
    let shown: String = lessons
        .iter()
        .map(|lesson| {
            home.run(&["--notes", file, "learn", lesson, "--plain"])
                .result()
        })
        .map(|text| bare(&text))
        .collect();
    for line in PLAIN.lines().map(bare).filter(|line| !line.is_empty()) {
        assert!(shown.contains(&line), "`{line}` is in no lesson");
    }
    home.run(&["notes", "check", file]).result();
}

#[test]
fn the_list_has_the_documented_keys() {
    let home = Home::new();
    let file = home.file("notes.md", PLAIN);
    let file = file.to_str().expect("UTF-8");
    let text = home
        .run(&["notes", "list", "--format", "json", file])
        .result();
    let list: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let keys = |value: &serde_json::Value| -> Vec<String> {
        let mut keys: Vec<String> = value
            .as_object()
            .expect("an object")
            .keys()
            .cloned()
            .collect();
        keys.sort();
        keys
    };
    assert_eq!(
        keys(&list),
        ["cards", "glossary", "lessons", "questions", "version"]
    );
    assert_eq!(keys(&list["glossary"]), ["terms"]);
    assert_eq!(list["version"], 1);
    assert_eq!(
        keys(&list["lessons"][0]),
        [
            "cards", "file", "id", "lang", "line", "module", "sections", "title"
        ]
    );
    assert_eq!(
        keys(&list["cards"][0]),
        [
            "back", "file", "front", "id", "kind", "lang", "lesson", "line", "tags"
        ]
    );
    assert_eq!(
        keys(&list["questions"]),
        ["by_difficulty", "by_domain", "by_kind", "by_lang", "total"]
    );
    assert_eq!(list["lessons"][2]["cards"], 6);
    let both = home.run(&["notes", "list", "--format", "json"]).result();
    let zh = home
        .run(&["notes", "list", "--format", "json", "--lang", "zh"])
        .result();
    assert!(both.contains("\"lang\": \"en\"") && !zh.contains("\"lang\": \"en\""));
}

fn loaded(paths: &[PathBuf]) -> (Library, Vec<Diagnostic>) {
    disk::load(paths, None).alone()
}

/// The code and line of the only diagnostic about a file of this name.
fn told(diagnostics: &[Diagnostic], name: &str) -> (Severity, Code, u32) {
    let found: Vec<&Diagnostic> = diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.file.contains(name))
        .collect();
    let [one] = found[..] else {
        panic!("{name}: {diagnostics:?}");
    };
    assert!(!one.help.is_empty());
    (one.severity, one.code, one.line)
}

#[test]
fn what_cannot_be_read_is_told_and_the_rest_loads() {
    let home = Home::new();
    home.file("n/good.md", "# Good\n\nQ: One?\nA: 1\n");
    home.file("n/binary.md", b"\x7fELF\0\0\0");
    home.file("n/latin.md", b"# A\n\nfine\nbroken \xe9\xe8 here\n");
    home.file("n/utf16.md", b"\xff\xfe#\0 \0A\0");
    home.file("n/bom.md", "\u{feff}# Bom\r\n\r\nQ: Two?\r\nA: 2\r\n");
    home.file("n/fence.md", "# F\n\n```\nnever closed\n");
    home.file("n/.hidden.md", "# Hidden\n\ntext\n");
    home.file("n/.gitignore", "ignored.md\n");
    home.file("n/ignored.md", "# Ignored\n\ntext\n");
    home.file("n/other.txt", "# Other\n\ntext\n");
    let huge = fs::File::create(home.path().join("n/huge.md")).expect("created");
    huge.set_len(200 << 20).expect("a sparse file");
    std::os::unix::fs::symlink(home.path().join("n"), home.path().join("n/loop")).expect("a link");
    let missing = home.path().join("missing.md");

    let (library, diagnostics) = loaded(&[home.path().join("n"), missing]);
    let error = |code, line| (Severity::Error, code, line);
    assert_eq!(told(&diagnostics, "binary.md"), error(Code::Binary, 0));
    assert_eq!(told(&diagnostics, "latin.md"), error(Code::Encoding, 4));
    assert_eq!(told(&diagnostics, "utf16.md"), error(Code::Encoding, 0));
    assert_eq!(told(&diagnostics, "huge.md"), error(Code::TooLarge, 0));
    assert_eq!(told(&diagnostics, "missing.md"), error(Code::Unreadable, 0));
    assert_eq!(
        told(&diagnostics, "fence.md"),
        (Severity::Warning, Code::UnclosedFence, 3)
    );
    assert_eq!(
        told(&diagnostics, "loop"),
        (Severity::Warning, Code::Loop, 0)
    );
    let titles: Vec<&str> = library.lessons().iter().map(|one| &*one.title).collect();
    assert_eq!(titles, ["Bom", "F", "Good"]);
    assert_eq!(library.cards().len(), 2);
    let (library, _) = loaded(&[home.path().join("n/other.txt")]);
    assert_eq!(library.lessons().len(), 1, "a text file named itself");
}

#[test]
fn deep_and_long_notes_are_survived() {
    let nested = format!("{} deep\n\n{}", ">".repeat(60), "- ".repeat(60));
    let headings: String = (0..10_000)
        .map(|at| format!("## H{at}\n\ntext\n\n"))
        .collect();
    assert!(!library(&nested).lessons().is_empty());
    assert_eq!(library(&headings).lessons().len(), 10_000);
    for lesson in library(&nested).lessons() {
        assert!(!lesson.document().is_empty());
    }
}

#[test]
fn ids_that_clash_fail_the_check() {
    let home = Home::new();
    home.file(
        "a.md",
        "Q: One?\nA: 1\n<!-- id: x -->\n\nQ: Two?\nA: 2\n<!-- id: x -->\n",
    );
    let ran = home.run(&["notes", "check", "a.md"]);
    assert_eq!(ran.code(), 1);
    assert!(
        ran.stdout().contains("a.md:5: error[duplicate-id]"),
        "{}",
        ran.stdout()
    );
    let json = home
        .run(&["notes", "check", "a.md", "--format", "json"])
        .stdout();
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(json["errors"], 1);
    assert_eq!(json["diagnostics"][0]["code"], "duplicate-id");
}

#[test]
fn ids_are_written_on_request_and_the_cards_stay() {
    let home = Home::new();
    let file = home.file("a.md", PLAIN);
    let before = home
        .run(&["notes", "list", "--format", "json", "a.md"])
        .result();
    let said = home.run(&["notes", "check", "--write-ids", "a.md"]);
    assert_eq!(said.code(), 0);
    assert!(
        said.stdout().contains("warning[id-not-writable]"),
        "{}",
        said.stdout()
    );
    let text = fs::read_to_string(file).expect("read");
    assert_eq!(text.matches("<!-- id: h-").count(), 10, "{text}");
    let after = home
        .run(&["notes", "list", "--format", "json", "a.md"])
        .result();
    let ids = |json: &str| -> Vec<String> {
        let list: serde_json::Value = serde_json::from_str(json).expect("JSON");
        let cards = list["cards"].as_array().expect("cards").clone();
        cards.iter().map(|card| card["id"].to_string()).collect()
    };
    assert_eq!(ids(&before), ids(&after));
}

fn questions(library: &Library) -> Vec<&str> {
    library.cards().iter().map(|card| &*card.front).collect()
}

#[test]
fn the_cache_is_never_wrong() {
    let home = Home::new();
    let cache = home.path().join("cache/notes");
    let folder = home.path().join("n");
    home.file("n/a.md", "# A\n\nQ: One?\nA: 1\n");
    home.file("n/b.md", "# B\n\nQ: Two?\nA: 2\n");
    let load = |cache: &Path| disk::load(std::slice::from_ref(&folder), Some(cache)).alone();
    let (first, _) = load(&cache);
    assert!(cache.exists());
    let (second, _) = load(&cache);
    assert_eq!(first.cards(), second.cards());
    assert_eq!(first.lessons(), second.lessons());

    home.file("n/b.md", "# B\n\nQ: Two and more?\nA: 2\n");
    let (changed, _) = load(&cache);
    assert_eq!(questions(&changed), ["One?", "Two and more?"]);
    fs::remove_file(folder.join("a.md")).expect("removed");
    let (fewer, _) = load(&cache);
    assert_eq!(questions(&fewer), ["Two and more?"]);

    let mut bytes = fs::read(&cache).expect("read");
    let last = bytes.len() - 1;
    bytes[last] ^= 0xff;
    fs::write(&cache, &bytes).expect("written");
    assert_eq!(questions(&load(&cache).0), ["Two and more?"]);
    fs::write(&cache, "something else").expect("written");
    assert_eq!(questions(&load(&cache).0), ["Two and more?"]);
}

#[test]
fn cards_of_other_kinds_are_the_same_from_the_cache() {
    let home = Home::new();
    let cache = home.path().join("cache/notes");
    let notes = home.file(
        "notes.md",
        "# 集群\r\n\r\nC: [etcd] 保存 [对象]。\r\n\r\nQ: 谁调度？ #reversed\r\nA: 调度器，\r\n\r\n它选节点。\r\n\r\n\
         **控制器**：看着对象。\r\n\r\nQ: 谁调度？\r\nA: 还是它。\r\n",
    );
    let load = || {
        disk::load(std::slice::from_ref(&notes), Some(&cache))
            .alone()
            .0
    };
    let parsed = load();
    for kind in [CardKind::Basic, CardKind::Reversed, CardKind::Cloze] {
        assert!(parsed.cards().iter().any(|card| card.kind == kind));
    }
    let kept = load();
    assert_eq!(kept.cards(), parsed.cards());
    assert_eq!(kept.lessons(), parsed.lessons());
}

#[test]
fn the_course_is_the_same_from_its_cache() {
    let home = Home::new();
    let notes = home.path().join("cache/notes");
    let parsed = course();
    let same = || {
        let course = disk::course(Some(&notes));
        assert_eq!(course.modules(), parsed.modules());
        assert_eq!(course.lessons(), parsed.lessons());
        assert_eq!(course.cards(), parsed.cards());
    };
    same();
    let cache = home.path().join("cache/course");
    let bytes = fs::read(&cache).expect("the course is kept");
    same();
    assert_eq!(
        fs::read(&cache).expect("read"),
        bytes,
        "and not written again"
    );
    for damaged in [&bytes[..bytes.len() / 2], &bytes[..20], b""] {
        fs::write(&cache, damaged).expect("written");
        same();
        assert_eq!(fs::read(&cache).expect("read"), bytes);
    }
}

/// Pieces of Markdown that meet in ways nobody would write.
fn markdown() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[a-z 中文？，]{0,12}",
        Just("# ".to_owned()),
        Just("## 标题\n".to_owned()),
        Just("```\n".to_owned()),
        Just("~~~ yaml\n".to_owned()),
        Just("> ".to_owned()),
        Just("> [!NOTE]\n".to_owned()),
        Just("- ".to_owned()),
        Just("1. ".to_owned()),
        Just("- [x] ".to_owned()),
        Just("| a | b |\n|---|---|\n".to_owned()),
        Just("Q: ".to_owned()),
        Just("A：".to_owned()),
        Just("问：".to_owned()),
        Just("C: a [b] {{c1::d::e}} [f](g) ".to_owned()),
        Just("{{cloze ".to_owned()),
        Just("**".to_owned()),
        Just("<!-- id: x -->".to_owned()),
        Just("<!--".to_owned()),
        Just("#tag ".to_owned()),
        Just("+++\n".to_owned()),
        Just("---\n".to_owned()),
        Just("a::b\n".to_owned()),
        Just("?\n".to_owned()),
        Just("==x==".to_owned()),
        Just("[^1]: ".to_owned()),
        Just("\n\n".to_owned()),
        Just("\r\n".to_owned()),
        Just("  \n".to_owned()),
        Just("\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}".to_owned()),
        Just("\u{1b}[31m".to_owned()),
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

fn survives(text: &str) {
    let library = library(text);
    for lesson in library.lessons() {
        lesson.document();
        for card in library.cards_of(&lesson.id, lesson.lang) {
            lesson.passage(card);
            podlings::notes::blocks(&card.back);
        }
    }
}

proptest! {
    #[test]
    fn any_text_is_read(text in "\\PC{0,80}(\n\\PC{0,40}){0,8}") {
        survives(&text);
    }

    #[test]
    fn any_markdown_is_read(text in markdown()) {
        survives(&text);
    }

    #[test]
    fn prose_is_never_lost(paragraphs in prop::collection::vec("[a-z]{1,8}( [a-z]{1,8}){0,6}", 1..6)) {
        let text = paragraphs.join("\n\n");
        let library = library(&text);
        let shown: String = library
            .lessons()
            .iter()
            .map(|lesson| format!("{:?}", lesson.document()))
            .collect();
        for paragraph in &paragraphs {
            prop_assert!(shown.contains(paragraph.as_str()), "{paragraph} is lost");
        }
    }

    #[test]
    fn ids_do_not_depend_on_the_files_name(text in markdown(), name in "[a-z]{1,8}") {
        let ids = |name: &str| -> Vec<String> {
            let file = SourceFile::new(name, Origin::Own, text.as_str());
            let (library, _) = read(&[file], None);
            library.cards().iter().map(|card| card.id.to_string()).collect()
        };
        prop_assert_eq!(ids("notes.md"), ids(&format!("{name}/{name}.md")));
    }
}

#[cfg(unix)]
#[test]
fn a_pipe_or_a_device_is_told_and_the_rest_loads() {
    let home = Home::new();
    let fifo = home.path().join("pipe.md");
    let made = std::process::Command::new("mkfifo").arg(&fifo).status();
    assert!(made.expect("mkfifo runs").success());
    home.file("fine.md", "# T\n\nQ: One?\nA: 1\n");
    let ran = home.run(&["notes", "check", "pipe.md", "/dev/zero", "fine.md"]);
    assert_eq!(ran.code(), 1, "{}", ran.stderr());
    let out = ran.stdout();
    assert_eq!(out.matches("no regular file").count(), 2, "{out}");
    assert!(
        out.contains("1 lessons, 1 cards, 0 questions, 0 scenarios, 0 terms: 2 errors"),
        "{out}"
    );
}

#[cfg(unix)]
#[test]
fn a_link_to_nothing_is_named_once() {
    let home = Home::new();
    std::os::unix::fs::symlink("nowhere", home.path().join("gone.md")).expect("linked");
    let out = home.run(&["notes", "check", "."]).stdout();
    assert!(
        out.contains("./gone.md: error[unreadable]: cannot be read: No such"),
        "{out}"
    );
}

#[test]
fn an_answer_ends_where_a_sentence_with_holes_begins() {
    let library = library(
        "Q: Who assigns Pods?\nA: The scheduler.\n\nStill the answer: `{{c1::no}}`, {{.Name}}.\n\n\
         Objects live in {{c1::etcd}}.\n\nLogseq hides {{cloze words}}.\n",
    );
    let backs: Vec<String> = library
        .cards()
        .iter()
        .map(|card| plain(&card.back))
        .collect();
    assert_eq!(
        backs,
        [
            "The scheduler.\n\nStill the answer: {{c1::no}}, {{.Name}}.",
            "etcd",
            "words"
        ]
    );
}

#[test]
fn front_matter_that_never_ends_is_told() {
    let file = SourceFile::new("a.md", Origin::Own, "+++\nid = \"x\"\n\n# T\n\ntext\n");
    let (library, found) = read(&[file], None);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((found[0].code, found[0].line), (Code::FrontMatter, 1));
    assert!(!library.lessons().is_empty());
}

#[test]
fn a_list_of_what_cannot_be_read_fails_and_lists_the_rest() {
    let home = Home::new();
    home.file("fine.md", "# T\n\nQ: One?\nA: 1\n");
    home.file("folder/bad.md", [0u8; 20]);
    let ran = home.run(&["notes", "list", "fine.md", "nowhere.md"]);
    assert_eq!(ran.code(), 1);
    assert!(
        ran.stdout().contains("1 lessons, 1 cards"),
        "{}",
        ran.stdout()
    );
    assert!(
        ran.stderr().contains("nowhere.md: error[unreadable]"),
        "{}",
        ran.stderr()
    );
    assert_eq!(home.run(&["notes", "list", "folder"]).code(), 0);
}

const QUESTIONS: &str = "format = 1\n[[question]]\nid = \"one\"\nlesson = \"d04\"\ndomain = \"docker\"\n\
    difficulty = 3\nkind = \"cloze\"\nprompt = \"docker ____\"\nwhy = \"w\"\n\
    source = \"https://docs.docker.com/\"\naccept = [\"ps\"]\ncards = [\"d04.ps-a\"]\n";

#[test]
fn questions_are_counted_and_checked_with_the_notes_they_lie_among() {
    let home = Home::new();
    home.file("notes/a.md", "# T\n\nQ: One?\nA: 1\n");
    home.file("notes/mine.toml", QUESTIONS);
    home.file("notes/Cargo.toml", "[package]\nname = \"other\"\n");
    let list = home.run(&["notes", "list", "notes", "--format", "json"]);
    let list: serde_json::Value = serde_json::from_str(&list.result()).expect("JSON");
    let counted = serde_json::json!({
        "total": 1,
        "by_kind": { "cloze": 1 },
        "by_domain": { "docker": 1 },
        "by_difficulty": { "3": 1 },
        "by_lang": { "en": 1 },
    });
    assert_eq!(list["questions"], counted);
    let text = home.run(&["notes", "list", "notes"]).result();
    for line in [
        "1 lessons, 1 cards, 1 questions, 0 terms",
        "  by kind        cloze 1",
        "  by domain      docker 1",
        "  by difficulty  3 1",
        "  by language    en 1",
    ] {
        assert!(text.lines().any(|one| one == line), "{line}: {text}");
    }
    let ran = home.run(&["notes", "check", "notes"]);
    assert_eq!(ran.code(), 0, "{}", ran.stdout());
    assert!(
        ran.stdout()
            .contains("1 lessons, 1 cards, 1 questions, 0 scenarios, 0 terms: 0 errors"),
        "{}",
        ran.stdout()
    );
    let named = home.run(&["notes", "check", "notes/mine.toml"]);
    assert!(named.stdout().contains("1 questions, 0 scenarios"));
}

#[test]
fn a_glossary_is_counted_and_checked_beside_the_course() {
    let home = Home::new();
    let term = "format_version = 1\n\n[[term]]\nid = \"pod\"\nlesson = \"k09\"\nzh = \"Pod\"\n\
        en = \"Pod\"\nline = { zh = \"最小单位\", en = \"the smallest unit\" }\n";
    home.file("course/glossary.toml", term);
    home.file("wrong/glossary.toml", term.replace("k09", "k99"));
    let ran = home.run(&["notes", "check", "course"]);
    assert_eq!(ran.code(), 0, "{}", ran.stdout());
    assert!(ran.stdout().contains("0 scenarios, 1 terms: 0 errors"));
    let named = home.run(&["notes", "check", "wrong/glossary.toml"]);
    assert_eq!(named.code(), 1);
    assert!(
        named.stdout().contains(
            "wrong/glossary.toml:4: error[glossary]: term `pod`: there is no lesson `k99`"
        ),
        "{}",
        named.stdout()
    );
    let list = home.run(&["notes", "list", "course"]).result();
    assert!(list.contains("0 questions, 1 terms"), "{list}");
    let list = home.run(&["notes", "list", "--format", "json"]).result();
    let list: serde_json::Value = serde_json::from_str(&list).expect("JSON");
    assert!(
        list["glossary"]["terms"]
            .as_u64()
            .is_some_and(|terms| terms >= 90)
    );
    let (total, by_lang) = (&list["questions"]["total"], &list["questions"]["by_lang"]);
    assert_eq!((&by_lang["zh"], &by_lang["en"]), (total, total));
}

#[test]
fn what_is_wrong_with_a_question_fails_the_check() {
    let home = Home::new();
    home.file("q.toml", QUESTIONS.replace("d04.ps-a", "d04.none"));
    home.file("gbk.toml", b"format = 1\n# \xd6\xd0\n[[question]]\n");
    let ran = home.run(&["notes", "check", "q.toml", "gbk.toml", "gone.toml"]);
    assert_eq!(ran.code(), 1);
    for said in [
        "q.toml:3: error[question]: question \"one\": there is no card \"d04.none\"",
        "gbk.toml:2: error[encoding]",
        "gone.toml: error[unreadable]",
        "3 errors",
    ] {
        assert!(ran.stdout().contains(said), "{said}: {}", ran.stdout());
    }
}
