use std::thread;

/// Files that one core is done with before another has begun.
const FEW: usize = 4;

/// The same for each, in order, on all cores where there are enough to share.
pub(super) fn on_all_cores<'a, T: Sync, R: Send>(
    all: &'a [T],
    one: impl Fn(&'a T) -> R + Sync,
) -> Vec<R> {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let share = all.len().div_ceil(cores).max(FEW);
    if all.len() <= share {
        return all.iter().map(one).collect();
    }
    let one = &one;
    let run = move |chunk: &'a [T]| chunk.iter().map(one).collect::<Vec<_>>();
    let (first, rest) = all.split_at(share);
    thread::scope(|scope| {
        let workers: Vec<_> = rest
            .chunks(share)
            .map(|chunk| scope.spawn(move || run(chunk)))
            .collect();
        let mut done = run(first);
        done.reserve(rest.len());
        for worker in workers {
            done.extend(
                worker
                    .join()
                    .unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
            );
        }
        done
    })
}
