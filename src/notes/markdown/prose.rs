use crate::notes::Inline;

/// Whether the content of a fence without an info string is prose that someone fenced to set it
/// apart, and not code, output or a drawing: at least half of its lines read as sentences and none
/// holds drawn lines or looks like a command.
pub(super) fn is_prose(text: &str) -> bool {
    let (mut lines, mut sentences) = (0_usize, 0_usize);
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        if is_drawn(line) || is_command(line) {
            return false;
        }
        lines += 1;
        sentences += usize::from(reads_as_sentence(line));
    }
    lines > 0 && sentences * 2 >= lines
}

/// The paragraphs of plain text, each with the number of lines before it; its own lines are kept.
pub(super) fn paragraphs(text: &str) -> Vec<(u32, Vec<Inline>)> {
    let mut paragraphs: Vec<(u32, Vec<Inline>)> = Vec::new();
    let mut open = false;
    for (at, line) in text.lines().enumerate() {
        let line = line.trim_end();
        if line.trim().is_empty() {
            open = false;
            continue;
        }
        let text = Inline::Text(line.to_owned());
        match paragraphs.last_mut() {
            Some((_, inlines)) if open => inlines.extend([Inline::HardBreak, text]),
            _ => paragraphs.push((at as u32, vec![text])),
        }
        open = true;
    }
    paragraphs
}

pub(in crate::notes) fn is_han(c: char) -> bool {
    matches!(c,
        '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}'
        | '\u{20000}'..='\u{3ffff}')
}

/// Box drawing, block elements and arrows: a diagram.
fn is_drawn(line: &str) -> bool {
    line.chars()
        .any(|c| matches!(c, '\u{2190}'..='\u{21ff}' | '\u{2500}'..='\u{25ff}'))
}

fn is_command(line: &str) -> bool {
    line.starts_with("$ ") || line.starts_with("# ") || line.starts_with("> ")
}

fn reads_as_sentence(line: &str) -> bool {
    let line = line.trim();
    let (mut han, mut letters, mut all) = (0, 0, 0);
    for c in line.chars().filter(|c| !c.is_whitespace()) {
        all += 1;
        han += usize::from(is_han(c));
        letters += usize::from(c.is_alphabetic());
    }
    if han >= 2 && han * 4 >= all {
        return true;
    }
    let words = line.split_whitespace().count();
    let has_option = line
        .split_whitespace()
        .any(|word| word.len() > 1 && word.starts_with('-'));
    words >= 5
        && !has_option
        && letters * 10 >= all * 8
        && !line.ends_with(['{', ';', '\\', '(', '&', '|'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_are_prose_and_code_is_not() {
        assert!(is_prose("镜像是只读的模板。\n容器是它跑起来的样子。\n"));
        assert!(is_prose("An image is a template that nobody writes to.\n"));
        assert!(is_prose("几条常用指令\nFROM   选底子\nRUN    跑命令\n"));
        assert!(!is_prose("docker run -d --name web nginx # 后台运行\n"));
        assert!(!is_prose("创建 → 运行 → 退出\n"));
        assert!(!is_prose("$ 这是一条命令\n"));
        assert!(!is_prose(
            "apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\n"
        ));
        assert!(!is_prose(
            "CONTAINER ID   IMAGE   COMMAND   CREATED   STATUS   PORTS   NAMES\nab12cd34   nginx:1.29   \"/docker\"   2h   Up   80/tcp   web\n9f8e7d6c   redis:8   \"/dock\"   3h   Up   6379/tcp   db\n"
        ));
        assert!(!is_prose("\n\n"));
    }

    #[test]
    fn lines_stay_lines_and_blank_ones_part_paragraphs() {
        let paragraphs = paragraphs("a\nb\n\n\nc\n");
        assert_eq!(paragraphs.len(), 2);
        assert_eq!(paragraphs[0].1.len(), 3);
        assert_eq!(paragraphs[1].0, 4);
    }
}
