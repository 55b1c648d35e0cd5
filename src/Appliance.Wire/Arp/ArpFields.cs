using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;
using static System.Buffers.Binary.BinaryPrimitives;

namespace Appliance.Wire.Arp;

/// <summary>What an ARP packet for IPv4 over Ethernet says, to be written (RFC 826).</summary>
public readonly record struct ArpFields(
    ArpOperation Operation,
    MacAddress SenderHardwareAddress,
    Ipv4Address SenderProtocolAddress,
    MacAddress TargetHardwareAddress,
    Ipv4Address TargetProtocolAddress)
{
    public static ArpFields From(ArpView view) => new(
        view.Operation, view.SenderHardwareAddress, view.SenderProtocolAddress, view.TargetHardwareAddress, view.TargetProtocolAddress);

    /// <summary>The reply to a request that was heard, given by the owner of its target address.</summary>
    public static ArpFields ReplyTo(ArpView request, MacAddress owner) => new(
        ArpOperation.Reply, owner, request.TargetProtocolAddress, request.SenderHardwareAddress, request.SenderProtocolAddress);

    /// <summary>Writes 28 bytes, which must be there; the view covers all of <paramref name="bytes"/>.</summary>
    public ArpView WriteTo(Span<byte> bytes)
    {
        DestinationTooShort.ThrowIf(bytes, ArpView.HeaderLength);
        WriteUInt16BigEndian(bytes, ArpView.EthernetHardware);
        WriteUInt16BigEndian(bytes[2..], (ushort)EtherType.Ipv4);
        bytes[4] = MacAddress.Length;
        bytes[5] = Ipv4Address.Length;
        return new ArpView(bytes)
        {
            Operation = Operation,
            SenderHardwareAddress = SenderHardwareAddress,
            SenderProtocolAddress = SenderProtocolAddress,
            TargetHardwareAddress = TargetHardwareAddress,
            TargetProtocolAddress = TargetProtocolAddress,
        };
    }
}
