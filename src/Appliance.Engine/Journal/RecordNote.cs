namespace Appliance.Engine;

/// <summary>What stands beside a record in a <see cref="RecordRing"/>.</summary>
/// <param name="Stream">Whose record it is.</param>
/// <param name="Kind">What it is; the ring does not ask.</param>
/// <param name="Sequence">Its place among those of its stream.</param>
/// <param name="Time">When it was written, nanoseconds.</param>
public readonly record struct RecordNote(ushort Stream, byte Kind, ulong Sequence, long Time);
