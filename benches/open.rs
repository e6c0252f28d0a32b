//! Opening 100,000 cards from 1,000 files: cold (everything parsed), warm (from the cache), and the
//! memory it takes. Each measurement is a process of its own, which does what the app does to load
//! its library.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
    time::Instant,
};

use podlings::notes::disk;

const FILES: usize = 1_000;
const CARDS: usize = 100;
const RUNS: usize = 7;
const FOLDER: &str = "PODLINGS_BENCH_FOLDER";

fn main() {
    if let Some(folder) = env::var_os(FOLDER) {
        return open(Path::new(&folder));
    }
    let folder = tempfile::tempdir().expect("a folder for the notes");
    write_notes(folder.path());
    let mut cold = Vec::new();
    let mut warm = Vec::new();
    for _ in 0..RUNS {
        for kept in ["cache", "course"] {
            let _ = fs::remove_file(folder.path().join(kept));
        }
        cold.push(measure(folder.path()));
        warm.push(measure(folder.path()));
    }
    report("cold", cold, "0.5 s");
    report("warm", warm, "50 ms");
}

fn cache(folder: &Path) -> PathBuf {
    folder.join("cache")
}

fn notes(folder: &Path) -> PathBuf {
    folder.join("notes")
}

/// Notes as people write them: prose, a heading now and then, questions in both languages.
fn write_notes(folder: &Path) {
    let notes = notes(folder);
    fs::create_dir_all(&notes).expect("a folder");
    for file in 0..FILES {
        let mut text = format!("# 笔记 {file}\n\n一段说明文字，讲这一份笔记里的东西。\n");
        for card in 0..CARDS {
            if card % 20 == 0 {
                text.push_str(&format!(
                    "\n## Part {file}.{card}\n\nSome words before the cards.\n"
                ));
            }
            text.push_str(&format!(
                "\nQ: 第 {file} 份里，组件 {card} 负责什么？\nA: 它保存对象 `{card}`，并通知监听的组件。\n"
            ));
        }
        fs::write(notes.join(format!("{file:04}.md")), text).expect("written");
    }
}

/// What a process printed: milliseconds, and megabytes at its peak.
fn measure(folder: &Path) -> (f64, f64) {
    let output = Command::new(env::current_exe().expect("the path of this program"))
        .env(FOLDER, folder)
        .output()
        .expect("it runs");
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    let mut numbers = text
        .split_whitespace()
        .map(|word| word.parse().expect("a number"));
    (
        numbers.next().expect("milliseconds"),
        numbers.next().expect("megabytes"),
    )
}

fn open(folder: &Path) {
    let started = Instant::now();
    let on_disk = disk::load(&[notes(folder)], Some(&cache(folder)));
    let (library, diagnostics) = on_disk.with_course();
    let took = started.elapsed();
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    assert!(library.cards().len() > FILES * CARDS);
    println!("{} {}", took.as_secs_f64() * 1e3, peak_megabytes());
}

/// Peak resident memory as Linux counts it; 0 elsewhere.
fn peak_megabytes() -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let kilobytes: f64 = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .and_then(|rest| rest.trim().trim_end_matches(" kB").parse().ok())
        .unwrap_or(0.0);
    kilobytes / 1024.0
}

fn report(name: &str, mut runs: Vec<(f64, f64)>, reach: &str) {
    runs.sort_by(|one, other| one.0.total_cmp(&other.0));
    let (time, _) = runs[runs.len() / 2];
    let memory = runs.iter().map(|(_, memory)| *memory).fold(0.0, f64::max);
    println!(
        "open {} cards from {FILES} files, {name}   {time:>7.1} ms (reach: {reach})   peak {memory:>5.0} MB (reach: 100 MB)",
        FILES * CARDS
    );
}
