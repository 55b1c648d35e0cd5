namespace Appliance.Firewall;

/// <summary>
/// Boxes by what of their numbers is under a mask. Bucket b has the boxes from <c>starts[Directory + b]</c> up to the start of the next.
/// </summary>
internal readonly struct BoxTable(in PacketNumbers mask, int directory, int shift)
{
    private readonly PacketNumbers _mask = mask;
    private readonly int _shift = shift;

    public int Directory { get; } = directory;
    public int Buckets => 1 << (64 - _shift);

    /// <summary>Where the packet's bucket starts.</summary>
    public int Locate(in PacketNumbers packet) => Directory + packet.BucketOf(_mask, _shift);
}
