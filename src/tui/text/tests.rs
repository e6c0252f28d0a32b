//! What a reader sees of whole blocks, in both forms: laid out and as linear text.

use proptest::prelude::*;
use ratatui::style::{Color, Modifier, Style};

use super::*;
use crate::{
    locale::Locale,
    notes::{Alert, Align, Block, BlockKind, Inline, ListItem},
};

fn style() -> TextStyle {
    TextStyle::uncoloured(Glyphs::UNICODE, Labels::new(Locale::zh()))
}

/// The lines as text, without trailing spaces.
fn shown(laid: &Laid) -> Vec<String> {
    laid.lines
        .iter()
        .map(|line| line.line.to_string().trim_end().to_owned())
        .collect()
}

fn lines(blocks: &[Block], columns: u16) -> Vec<String> {
    shown(&layout(blocks, columns, &style()))
}

fn block(line: u32, kind: BlockKind) -> Block {
    Block { line, kind }
}

fn text(it: &str) -> Vec<Inline> {
    vec![Inline::Text(it.into())]
}

fn paragraph(line: u32, it: &str) -> Block {
    block(line, BlockKind::Paragraph(text(it)))
}

fn heading(line: u32, level: u8, it: &str) -> Block {
    let text = text(it);
    block(line, BlockKind::Heading { level, text })
}

fn code(line: u32, language: &str, it: &str) -> Block {
    let (language, text) = (language.into(), it.into());
    block(line, BlockKind::Code { language, text })
}

fn quote(line: u32, alert: Option<Alert>, blocks: Vec<Block>) -> Block {
    block(line, BlockKind::Quote { alert, blocks })
}

fn list(line: u32, start: Option<u64>, items: Vec<Vec<Block>>) -> Block {
    let items = items
        .into_iter()
        .map(|blocks| ListItem { task: None, blocks })
        .collect();
    block(line, BlockKind::List { start, items })
}

fn table(line: u32, align: &[Align], rows: &[&[&str]]) -> Block {
    let mut rows = rows
        .iter()
        .map(|row| row.iter().map(|cell| text(cell)).collect::<Vec<_>>());
    block(
        line,
        BlockKind::Table {
            align: align.to_vec(),
            head: rows.next().unwrap_or_default(),
            rows: rows.collect(),
        },
    )
}

#[test]
fn headings_have_air_above_and_hold_what_follows() {
    let blocks = [
        heading(1, 1, "容器"),
        paragraph(3, "一个容器"),
        heading(5, 2, "为什么"),
        paragraph(7, "因为"),
        heading(9, 3, "细节"),
        paragraph(10, "如下"),
    ];
    assert_eq!(
        lines(&blocks, 40),
        [
            "容器",
            "━━━━",
            "",
            "一个容器",
            "",
            "",
            "为什么",
            "",
            "因为",
            "",
            "细节",
            "如下"
        ]
    );
}

#[test]
fn lists_hang_and_their_numbers_end_in_one_column() {
    let nested = list(11, None, vec![vec![paragraph(11, "inner")]]);
    let blocks = [
        paragraph(9, "看："),
        list(
            10,
            Some(9),
            vec![
                vec![paragraph(10, "一二三四五六七八九十"), nested],
                vec![paragraph(12, "second")],
            ],
        ),
    ];
    assert_eq!(
        lines(&blocks, 20),
        [
            "看：",
            "  9. 一二三四五六七",
            "     八九十",
            "     ◦ inner",
            " 10. second",
        ]
    );
}

#[test]
fn items_are_as_far_apart_as_the_author_set_them() {
    let items = |second| {
        let items = vec![vec![paragraph(1, "a")], vec![paragraph(second, "b")]];
        lines(&[list(1, None, items)], 20)
    };
    assert_eq!(items(2), [" • a", " • b"]);
    assert_eq!(items(3), [" • a", "", " • b"]);
}

#[test]
fn tasks_show_whether_they_are_done() {
    let item = |task, it| ListItem {
        task: Some(task),
        blocks: vec![paragraph(1, it)],
    };
    let items = vec![item(true, "read"), item(false, "recall")];
    let blocks = [block(1, BlockKind::List { start: None, items })];
    assert_eq!(lines(&blocks, 20), [" [✓] read", " [ ] recall"]);
}

#[test]
fn quotes_keep_their_bar_on_every_line() {
    let inner = quote(5, None, vec![paragraph(5, "里")]);
    let blocks = [quote(
        1,
        None,
        vec![paragraph(1, "一二三四五六七八九十"), inner],
    )];
    assert_eq!(
        lines(&blocks, 16),
        ["│ 一二三四五六七", "│ 八九十", "│", "│ │ 里"]
    );
}

#[test]
fn an_alert_says_what_it_is_unless_it_has_a_title_of_its_own() {
    let plain = quote(1, Some(Alert::Warning), vec![paragraph(2, "会删数据")]);
    assert_eq!(lines(&[plain], 30), ["┃ ▲ 注意", "┃ 会删数据"]);
    let titled = quote(
        1,
        Some(Alert::Important),
        vec![
            block(
                2,
                BlockKind::Paragraph(vec![Inline::Strong(text("那时与现在"))]),
            ),
            paragraph(4, "七种"),
        ],
    );
    assert_eq!(lines(&[titled], 30), ["┃ ✱ 那时与现在", "┃ 七种"]);
}

#[test]
fn a_term_stands_on_a_line_of_its_own() {
    let mut inlines = vec![Inline::Strong(text("Pod")), Inline::SoftBreak];
    inlines.extend(text("最小单元"));
    let blocks = [block(1, BlockKind::Paragraph(inlines))];
    assert_eq!(lines(&blocks, 30), ["Pod", "最小单元"]);
}

#[test]
fn a_table_is_as_wide_as_it_needs_and_cells_are_set_as_asked() {
    let rows: &[&[&str]] = &[&["状态", "n"], &["created", "1"], &["exited", "128"]];
    let blocks = [table(1, &[Align::Left, Align::Right], rows)];
    assert_eq!(
        lines(&blocks, 40),
        [
            "状态       n",
            "───────  ───",
            "created    1",
            "exited   128",
        ]
    );
}

#[test]
fn a_wide_table_wraps_its_fullest_cells_and_parts_its_rows() {
    let rows: &[&[&str]] = &[
        &["状态", "含义"],
        &["created", "已经建好，主进程还没有启动"],
        &["exited", "主进程退出"],
    ];
    assert_eq!(
        lines(&[table(1, &[], rows)], 24),
        [
            "状态     含义",
            "───────  ───────────────",
            "created  已经建好，主进",
            "         程还没有启动",
            "",
            "exited   主进程退出",
        ]
    );
}

#[test]
fn a_table_without_room_becomes_a_list() {
    let rows: &[&[&str]] = &[
        &["state", "meaning", "how"],
        &["created", "not started", "docker create"],
        &["running", "its main process lives", "docker start"],
    ];
    assert_eq!(
        lines(&[table(1, &[], rows)], 26),
        [
            "• state: created",
            "  meaning: not started",
            "  how: docker create",
            "",
            "• state: running",
            "  meaning: its main",
            "  process lives",
            "  how: docker start",
        ]
    );
}

#[test]
fn a_long_code_line_goes_on_with_a_sign_and_nothing_is_cut() {
    let blocks = [code(1, "console", "$ docker run --rm --name web nginx\nok")];
    assert_eq!(
        lines(&blocks, 24),
        ["│ $ docker run --rm ↩", "│   --name web nginx", "│ ok",]
    );
}

#[test]
fn code_on_a_ground_fills_it() {
    let mut style = style();
    style.code_block = Style::new().bg(Color::Black);
    let laid = layout(&[code(1, "", "a\n容器")], 16, &style);
    for line in &laid.lines {
        assert_eq!(line.line.width(), 16);
        assert!(
            line.line
                .spans
                .iter()
                .all(|span| span.style.bg == Some(Color::Black))
        );
    }
}

#[test]
fn commands_comments_and_output_look_different() {
    let laid = layout(&[code(1, "console", "$ ls # all\na")], 40, &style());
    let modifier = |row: usize, it: &str| {
        let spans = &laid.lines[row].line.spans;
        spans
            .iter()
            .find(|span| span.content == it)
            .map(|span| span.style.add_modifier)
    };
    assert_eq!(modifier(0, "ls"), Some(Modifier::BOLD));
    assert_eq!(modifier(0, "# all"), Some(Modifier::DIM));
    assert_eq!(modifier(1, "a"), Some(Modifier::DIM));
}

#[test]
fn web_addresses_are_left_out_where_there_is_little_room() {
    let link = Inline::Link {
        url: "https://k8s.io/docs".into(),
        text: text("文档"),
    };
    let blocks = [block(1, BlockKind::Paragraph(vec![link]))];
    assert_eq!(lines(&blocks, 72), ["文档 (https://k8s.io/docs)"]);
    assert_eq!(lines(&blocks, 50), ["文档"]);
}

#[test]
fn a_reader_keeps_the_place_at_another_width() {
    let long = "一二三四五六七八九十".repeat(8);
    let blocks = [
        heading(1, 1, "题"),
        paragraph(3, &long),
        heading(5, 2, "节"),
    ];
    let wide = layout(&blocks, 60, &style());
    let narrow = layout(&blocks, 20, &style());
    let place = wide.lines[4].place;
    let found = &narrow.lines[narrow.line_at(place)];
    assert_eq!(found.place.source, 3);
    assert!(found.place.offset.abs_diff(place.offset) <= 30);
    let section = narrow.line_at(Place::line(5));
    assert_eq!(shown(&narrow)[section], "节");
    assert_eq!(narrow.lines[section].block, 2);
}

#[test]
fn blocks_nested_beyond_reading_are_left_out() {
    let mut blocks = vec![paragraph(1, "deep")];
    for _ in 0..500 {
        blocks = vec![quote(1, None, blocks)];
    }
    assert!(lines(&blocks, 40)[0].ends_with('…'));
}

fn linear(blocks: &[Block], columns: Option<usize>) -> String {
    plain(blocks, columns, Labels::new(Locale::zh()))
}

#[test]
fn linear_text_needs_no_screen() {
    let rows: &[&[&str]] = &[&["状态", "how"], &["created", "create"], &["exited", ""]];
    let blocks = [
        heading(1, 2, "容器"),
        paragraph(3, "用Docker跑："),
        list(
            4,
            Some(1),
            vec![
                vec![
                    paragraph(4, "a"),
                    list(5, None, vec![vec![paragraph(5, "b")]]),
                ],
                vec![paragraph(6, "c")],
            ],
        ),
        code(8, "console", "$ ls\n\n  x"),
        quote(
            13,
            Some(Alert::Important),
            vec![
                block(14, BlockKind::Paragraph(vec![Inline::Strong(text("那时"))])),
                paragraph(16, "四种"),
                code(18, "", "y"),
            ],
        ),
        table(22, &[], rows),
    ];
    assert_eq!(
        linear(&blocks, None),
        "\
## 容器

用Docker跑：
1. a
   - b
2. c

    $ ls

      x

> [重点] 那时
> 四种
>
>     y

- 状态：created
  how: create
- 状态：exited
"
    );
}

#[test]
fn linear_text_is_wrapped_only_if_asked() {
    let blocks = [list(
        1,
        None,
        vec![vec![paragraph(1, "one two three four")]],
    )];
    assert_eq!(linear(&blocks, None), "- one two three four\n");
    assert_eq!(linear(&blocks, Some(12)), "- one two\n  three four\n");
    assert_eq!(linear(&[], Some(12)), "");
}

fn any_inlines() -> impl Strategy<Value = Vec<Inline>> + Clone {
    let words = "[a-z容器镜像，。（）“” ]{0,20}|[\\PC\t\x1b]{0,6}";
    let leaf = prop_oneof![
        5 => words.prop_map(Inline::Text),
        2 => words.prop_map(Inline::Code),
        1 => Just(Inline::SoftBreak),
        1 => Just(Inline::HardBreak),
        1 => words.prop_map(Inline::FootnoteRef),
        1 => (words, words).prop_map(|(alt, path)| Inline::Image { alt, path }),
    ];
    let inline = leaf.prop_recursive(2, 8, 4, move |inner| {
        let inner = prop::collection::vec(inner, 0..4);
        prop_oneof![
            inner.clone().prop_map(Inline::Strong),
            inner.clone().prop_map(Inline::Emphasis),
            (words, inner).prop_map(|(url, text)| Inline::Link { url, text }),
        ]
    });
    prop::collection::vec(inline, 0..5)
}

fn any_blocks() -> impl Strategy<Value = Vec<Block>> {
    let cells = prop::collection::vec(any_inlines(), 0..4);
    let leaf = prop_oneof![
        any_inlines().prop_map(BlockKind::Paragraph),
        (1u8..=6, any_inlines()).prop_map(|(level, text)| BlockKind::Heading { level, text }),
        ("console|yaml|", "([ -~容器\t\x1b]{0,60}\n?){0,4}")
            .prop_map(|(language, text)| BlockKind::Code { language, text }),
        (cells.clone(), prop::collection::vec(cells, 0..3)).prop_map(|(head, rows)| {
            let align = vec![Align::Left, Align::Center, Align::Right];
            BlockKind::Table { align, head, rows }
        }),
        Just(BlockKind::Rule),
    ];
    let kind = leaf.prop_recursive(4, 16, 3, |inner| {
        let blocks = prop::collection::vec(inner.prop_map(|kind| block(1, kind)), 0..3);
        let item = (any::<Option<bool>>(), blocks.clone())
            .prop_map(|(task, blocks)| ListItem { task, blocks });
        prop_oneof![
            (any::<Option<u64>>(), prop::collection::vec(item, 0..3))
                .prop_map(|(start, items)| BlockKind::List { start, items }),
            blocks.clone().prop_map(|blocks| BlockKind::Quote {
                alert: None,
                blocks
            }),
            blocks.clone().prop_map(|blocks| BlockKind::Quote {
                alert: Some(Alert::Tip),
                blocks
            }),
            ("[a-z]{1,3}", blocks)
                .prop_map(|(label, blocks)| BlockKind::Footnote { label, blocks }),
        ]
    });
    prop::collection::vec(kind, 0..5).prop_map(|kinds| {
        let numbered = kinds.into_iter().enumerate();
        numbered
            .map(|(index, kind)| block(1 + 20 * index as u32, kind))
            .collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_notes_fit_the_page_and_are_safe(blocks in any_blocks(), columns in 20u16..90) {
        let laid = layout(&blocks, columns, &style());
        for line in &laid.lines {
            let text = line.line.to_string();
            prop_assert!(width(&text) <= usize::from(columns), "{:?}", text);
            prop_assert!(!text.contains(char::is_control));
        }
    }

    #[test]
    fn any_notes_lay_out_at_any_width(blocks in any_blocks(), columns in 0u16..20) {
        layout(&blocks, columns, &style());
    }

    #[test]
    fn links_are_where_they_are_said_to_be(blocks in any_blocks(), columns in 20u16..90) {
        for line in layout(&blocks, columns, &style()).lines {
            for link in line.links {
                prop_assert!(link.columns.start < link.columns.end);
                prop_assert!(usize::from(link.columns.end) <= width(&line.line.to_string()));
            }
        }
    }

    #[test]
    fn any_notes_are_safe_as_linear_text(blocks in any_blocks(), columns in any::<Option<u8>>()) {
        let text = linear(&blocks, columns.map(usize::from));
        prop_assert!(!text.contains(|c: char| c.is_control() && c != '\n'));
    }
}
