namespace Appliance.Wire.Pcap;

/// <summary>Why a capture could not be read to its end.</summary>
/// <param name="ByteOffset">Where the record or block that could not be read begins, from the start of the stream.</param>
/// <param name="Message">What is wrong with it, in words for the user; no full stop.</param>
public readonly record struct CaptureDamage(long ByteOffset, string Message)
{
    public override string ToString() => $"damaged at byte {ByteOffset}: {Message}";
}
