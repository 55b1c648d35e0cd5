using System.Collections.Immutable;
using Appliance.Wire.Pcap;

namespace Appliance.Node;

/// <summary>
/// Merges captures by timestamp; of two equal ones the input named first goes first. Holds one record of each input at a time.
/// </summary>
internal sealed class ReplayFeed
{
    private readonly Source[] _sources;
    private long _latest = long.MinValue;

    public ReplayFeed(ImmutableArray<ReplayInput> inputs)
    {
        _sources = [.. inputs.Select((input, index) => new Source(index, input))];
        foreach (Source source in _sources)
            source.Advance();
    }

    /// <summary>One capture and its record to come.</summary>
    internal sealed class Source(int index, ReplayInput input)
    {
        private readonly CaptureReader _reader = CaptureReader.Open(input.Content);
        private CaptureRecord _record;

        public int Index => index;
        public ReplayInput Input => input;
        public InputCensus Census { get; } = new(input.Label, input.Ports);
        public ref readonly CaptureRecord Record => ref _record;
        public bool HasRecord { get; private set; }
        public long Frames { get; private set; }

        public void Advance()
        {
            HasRecord = _reader.TryRead(out _record);
            if (HasRecord) Frames++;
        }

        public ReplayInputAccounts Account() =>
            new(input.Label, input.File, Frames, _reader.Damage is { } damage ? $"at byte {damage.ByteOffset}: {damage.Message}" : null);
    }

    public ImmutableArray<ReplayInputAccounts> Accounts => [.. _sources.Select(source => source.Account())];

    public ImmutableArray<InputCensus> Censuses => [.. _sources.Select(source => source.Census)];

    /// <summary>The input whose record comes next, or null at the end. Its record is valid until it is advanced.</summary>
    public Source? Next()
    {
        Source? earliest = null;
        foreach (Source source in _sources)
        {
            if (!source.HasRecord) continue;
            if (earliest is null || source.Record.TimestampNanoseconds < earliest.Record.TimestampNanoseconds) earliest = source;
        }

        return earliest;
    }

    /// <summary>
    /// When <paramref name="source"/>'s record enters: its timestamp, or the latest seen, since the clock never goes back.
    /// </summary>
    public long TimeOf(Source source) => Math.Max(_latest, source.Record.TimestampNanoseconds);

    /// <summary>Takes the record of <paramref name="source"/> as done.</summary>
    public void Take(Source source)
    {
        _latest = TimeOf(source);
        source.Advance();
    }
}
