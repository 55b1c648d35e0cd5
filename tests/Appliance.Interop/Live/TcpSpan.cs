namespace Appliance.Interop.Live;

/// <summary>The bytes of a stream that one frame of a capture carries.</summary>
/// <param name="Number">Of the frame, as tshark counts.</param>
/// <param name="Sequence">Of the first byte.</param>
/// <param name="Length">In bytes.</param>
internal readonly record struct TcpSpan(uint Number, uint Sequence, uint Length)
{
    /// <summary>The first sequence number behind it.</summary>
    public uint End => Sequence + Length;

    public override string ToString() => $"#{Number} {Sequence}+{Length}";

    public bool Holds(uint sequence) => sequence - Sequence < Length;
}
