using Appliance.Wire.Ip;

namespace Appliance.Wire.Text;

/// <summary>What an IP header of either version hands to the printer of what it carries.</summary>
/// <param name="source">From the IP header.</param>
/// <param name="destination">From the IP header.</param>
/// <param name="protocol">The upper protocol.</param>
/// <param name="bytes">What is there of the payload.</param>
/// <param name="declaredLength">What the IP header says is there; never below <c>bytes.Length</c>.</param>
/// <param name="isFirstFragment">The payload goes on in other datagrams: lengths may be longer than what is here, and are no lies.</param>
internal readonly ref struct IpPayload(
    IpAddress source, IpAddress destination, IpProtocol protocol, Span<byte> bytes, int declaredLength, bool isFirstFragment)
{
    public readonly IpAddress Source = source;
    public readonly IpAddress Destination = destination;
    public readonly IpProtocol Protocol = protocol;
    public readonly Span<byte> Bytes = bytes;
    public readonly int DeclaredLength = declaredLength;
    public readonly bool IsFirstFragment = isFirstFragment;

    /// <summary>The capture lacks bytes that the IP header promised.</summary>
    public bool IsTruncated => DeclaredLength > Bytes.Length;
}
