//! Whether an answer is only a list of key words: it names things and says nothing of them.

use super::normal::is_character;

/// A list has so many terms at least, in a row or one in each clause.
const MANY: usize = 5;

/// Of so many clauses a few may be longer, when almost all are one term or two: "Lease, toleration 300 seconds".
const LONG: usize = 8;

/// Of how many clauses one may be longer.
const ONE_LONGER_OF: usize = 4;

/// A Chinese term is no longer than so many characters.
const TERM: usize = 6;

/// Words that no sentence does without.
const ENGLISH: &[&str] = &[
    "a", "an", "the", "is", "are", "was", "were", "be", "been", "being", "to", "of", "and", "or",
    "in", "on", "at", "for", "with", "by", "it", "its", "that", "this", "these", "those", "from",
    "as", "not", "no", "if", "then", "when", "so", "but", "because", "which", "who", "what",
    "they", "them", "their", "you", "i", "we", "can", "will", "would", "should", "must", "does",
    "do", "did", "has", "have", "had", "than", "into", "only", "each", "every", "all", "after",
    "before", "use", "there", "until", "while", "once",
];

/// Their like in Chinese, wherever they stand.
const CHINESE: &str = "的了是把被";

/// Chinese words of a sentence that are also parts of terms (就绪): they count where they stand alone.
const ALONE: &str = "在就会给由到不没才都也又再先和与从让则但而用看查";

/// Whether nothing but terms stands in it, five or more.
pub(super) fn is_list(text: &str) -> bool {
    let clauses: Vec<Vec<&str>> = text
        .split(|c: char| "，。；：、！？,;:!?\n".contains(c))
        .map(|clause| clause.split_whitespace().collect::<Vec<_>>())
        .filter(|clause| !clause.is_empty())
        .collect();
    let terms: usize = clauses.iter().map(Vec::len).sum();
    let all_bare = terms >= MANY && clauses.iter().all(|clause| is_bare(clause));
    let names = |clause: &&Vec<&str>| clause.len() <= 2 && is_bare(clause);
    let longer = clauses.len() - clauses.iter().filter(names).count();
    all_bare || clauses.len() >= LONG && longer * ONE_LONGER_OF <= clauses.len()
}

/// Terms in a row, or one alone. Three or four words may be a short sentence: "cgroups limit memory".
fn is_bare(clause: &[&str]) -> bool {
    (clause.len() >= MANY || clause.len() <= 2) && clause.iter().all(|term| is_term(term))
}

fn is_term(word: &str) -> bool {
    let characters = word.chars().filter(|c| is_character(*c)).count();
    let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
    characters <= TERM
        && !word.chars().any(|c| CHINESE.contains(c))
        && !word.chars().all(|c| ALONE.contains(c))
        && (word.starts_with('-') || !ENGLISH.contains(&bare.to_lowercase().as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn key_words_alone_are_a_list() {
        for text in [
            "内核 命名空间 cgroup 进程 隔离 虚拟机 gVisor",
            "kernel namespaces cgroups process isolation",
            "kernel, namespaces, cgroups, process, isolation",
            "内核、命名空间、控制组、进程、隔离",
            "ps -a logs inspect 退出码 PID 1",
            "Endpoints 标签 就绪 探针 命名空间",
            "etcd、Raft、多数派、快照、etcdutl snapshot restore、revision、五个成员、备份、演练。",
            "Lease, heartbeat, Ready Unknown, toleration 300 seconds, eviction, replica, RC, scale to 0.",
        ] {
            assert!(is_list(text), "{text}");
        }
    }

    #[test]
    fn a_short_answer_is_no_list() {
        for text in [
            "docker ps -a",
            "命名空间隔离进程，cgroup 限制 CPU",
            "namespaces isolate processes, cgroups limit resources",
            "用 docker ps -a 看退出码，docker logs 看日志",
            "Containers share one kernel with the host",
            "docker logs, docker inspect",
            "RC, ReplicaSet, Deployment: the first keeps a count, the second adds set selectors, the third rolls out.",
            "先 docker ps -a 再 docker logs",
            "",
        ] {
            assert!(!is_list(text), "{text}");
        }
    }
}
