namespace Appliance.Engine;

/// <summary>What a stage may know and use while it has a batch.</summary>
/// <param name="Now">The breath's time.</param>
/// <param name="Worker">Whose breath it is.</param>
/// <param name="Counters">The worker's accounts.</param>
/// <param name="Pool">The worker's frames.</param>
/// <param name="Source">For frames made here.</param>
/// <param name="Trace">Null unless somebody asked.</param>
public readonly record struct StageContext(
    MonotonicTime Now,
    int Worker,
    WorkerCounters Counters,
    FramePool Pool,
    FrameSource Source,
    IPathTrace? Trace);
