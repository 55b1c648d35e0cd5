using Appliance.Testing;
using Appliance.Wire.Arp;
using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;
using Appliance.Wire.Ndp;

namespace Appliance.Node.Tests;

/// <summary>A host on a link that answers for one address, as RFC 826 and RFC 4861 have it, and keeps nothing.</summary>
internal sealed class SimulatedHost(string port, string address, MacAddress mac)
{
    private const int NdpAt = EthernetView.HeaderLength + Ipv6View.HeaderLength;

    public string Port => port;

    public string Address => address;

    public MacAddress Mac { get; set; } = mac;

    public bool IsSilent { get; set; }

    /// <summary>Questions that it was asked.</summary>
    public int Asked { get; private set; }

    /// <summary>The frame that it answers with, or null.</summary>
    public byte[]? AnswerTo(byte[] frame)
    {
        bool isForUs = MacAddress.Read(frame).IsGroup || MacAddress.Read(frame) == Mac;
        byte[]? answer = !isForUs ? null : address.Contains(':', StringComparison.Ordinal) ? AnswerToNdp(frame) : AnswerToArp(frame);
        if (answer is not null) Asked++;
        return answer;
    }

    private byte[]? AnswerToArp(byte[] frame)
    {
        if (frame[12] != 8 || frame[13] != 6 || !ArpView.TryParse(frame.AsSpan(14), out ArpView arp)) return null;
        Ipv4Address own = TestFrames.V4(address);
        if (arp.Operation != ArpOperation.Request || arp.TargetProtocolAddress != own || arp.SenderProtocolAddress == own) return null;
        var reply = new ArpFields(ArpOperation.Reply, Mac, own, arp.SenderHardwareAddress, arp.SenderProtocolAddress);
        return TestFrames.WithMacs(TestFrames.Arp(reply), arp.SenderHardwareAddress, Mac);
    }

    private byte[]? AnswerToNdp(byte[] frame)
    {
        bool isAsked = frame[12] == 0x86 && frame[13] == 0xdd
            && NeighborSolicitationView.TryParse(frame.AsSpan(NdpAt), out NeighborSolicitationView asked)
            && asked.Target == TestFrames.V6(address);
        if (!isAsked) return null;
        string asker = Ipv6Address.Read(frame.AsSpan(EthernetView.HeaderLength + 8)).ToString();
        return Messages.Advertisement(address, asker, Mac, MacAddress.Read(frame.AsSpan(6)), solicited: true, overrides: true);
    }
}
