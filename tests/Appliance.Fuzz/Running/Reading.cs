using Appliance.Wire.Pcap;

namespace Appliance.Fuzz.Running;

/// <summary>What a reader made of a file: a mark for each record, and the damage.</summary>
internal sealed class Reading
{
    private readonly List<ulong> _marks = [];

    public int Count => _marks.Count;

    public CaptureDamage? Damage { get; set; }

    public void Add(in CaptureRecord record)
    {
        ulong mark = (ulong)record.TimestampNanoseconds ^ ((ulong)record.OriginalLength << 32) ^ ((ulong)record.LinkType << 56);
        foreach (byte value in record.Bytes)
            mark = (mark ^ value) * 1_099_511_628_211;
        _marks.Add(mark);
    }

    public bool IsSameAs(Reading other) => BeginsWith(other) && other.BeginsWith(this) && Damage == other.Damage;

    /// <summary>The records of <paramref name="other"/> are this one's first.</summary>
    public bool BeginsWith(Reading other) => other.Count <= Count && _marks.Take(other.Count).SequenceEqual(other._marks);
}
