using Appliance.Engine;
using Appliance.Wire.Ip;

namespace Appliance.Fuzz.Oracle;

/// <summary>
/// Looks at every frame that leaves: link header, tags and way; the datagram byte for byte against the one that came in or against the
/// answer that was due; lengths, checksums and MTU. Throws at the first difference.
/// </summary>
internal sealed class OutputCheck(RoutingFacts facts, Burst burst, int buckets) : ITransmitSink
{
    private const int MaxShownBytes = 2000;

    private readonly byte[] _reply = new byte[ExpectedReply.MaxBytes];
    private readonly ErrorBudget _errors = new(buckets);
    private readonly long[] _repliesByKind = new long[Enum.GetValues<ReplyKind>().Length];

    public MonotonicTime Now { get; set; }

    /// <summary>For a canary: spoils the next frame before looking at it.</summary>
    public bool FlipNextBit { get; set; }

    /// <summary>Frames seen since the start.</summary>
    public long Transmitted { get; private set; }

    public long Forwarded { get; private set; }

    /// <summary>Frames that carried a part of a cut datagram, of either kind.</summary>
    public long Fragments { get; private set; }

    public ReadOnlySpan<long> RepliesByKind => _repliesByKind;

    /// <summary>Long enough has passed for every bucket to have all its errors again.</summary>
    public void BeginRound() => _errors.Refill();

    public void OnTransmit(PortId port, Frame frame)
    {
        Transmitted++;
        if (FlipNextBit) frame.Bytes[^1] ^= 1;
        FlipNextBit = false;
        ref FrameInfo info = ref frame.Info;
        long index = info.Ordinal - burst.FirstOrdinal;
        if ((ulong)index >= (ulong)burst.Count) throw new FuzzFailureException($"a frame left with the ordinal {info.Ordinal}: nobody's");
        ref Input input = ref burst.Inputs[(int)index];
        string? wrong = WhatIsWrong(port.Index, frame, ref input);
        if (wrong is null) return;
        ReadOnlySpan<byte> shown = frame.Bytes[..Math.Min(frame.Length, MaxShownBytes)];
        throw new FuzzFailureException($"{wrong}; sent: {Convert.ToHexStringLower(shown)}", (int)index);
    }

    private string? WhatIsWrong(int physical, Frame frame, ref Input input)
    {
        ReadOnlySpan<byte> bytes = frame.Bytes;
        string? wrong = ReadLink(bytes, physical, out int egress, out int at, out ushort type);
        if (wrong is not null) return wrong;
        if (Big.Mac(bytes, 6) != SourceOf(frame, physical, input)) return "the source MAC is not the port's";
        if (egress != frame.Info.EgressPort) return $"the tags are those of {egress}, the accounts name {frame.Info.EgressPort}";
        ReadOnlySpan<byte> datagram = bytes[at..];
        int trueType = (datagram[0] >> 4) switch { 4 => 0x0800, 6 => 0x86dd, _ => 0x0806 };
        if (type != trueType) return $"ethertype {type:x4}, expected {trueType:x4}";
        if (type != 0x0806) wrong = IsSound(datagram);
        if (wrong is not null) return wrong;
        bool generated = (frame.Info.Traits & FrameTraits.Generated) != FrameTraits.None;
        return generated
            ? CheckReply(bytes, datagram, egress, frame.Info.Bucket, ref input)
            : CheckForwarded(bytes, datagram, egress, ref input);
    }

    /// <summary>The egress port's; an answer about a virtual address comes from the virtual host.</summary>
    private ulong SourceOf(Frame frame, int physical, in Input input)
    {
        bool isAbout = (frame.Info.Traits & FrameTraits.Generated) != FrameTraits.None
            && input.Fate.Reply is ReplyKind.Arp or ReplyKind.Advertisement;
        return isAbout ? ExpectedReply.LinkSource(burst.DatagramOf(input), input.Fate, facts) : facts.Ports[physical].Mac;
    }

    /// <summary>802.1Q tags without priority that lead to a configured port.</summary>
    private string? ReadLink(ReadOnlySpan<byte> bytes, int physical, out int egress, out int at, out ushort type)
    {
        (egress, at, type) = (physical, 14, 0);
        if (bytes.Length < 34) return $"a frame of {bytes.Length} bytes";
        type = Big.U16(bytes, 12);
        while (type == 0x8100)
        {
            if (bytes.Length < at + 24) return "nothing behind the tags";
            int tag = Big.U16(bytes, at);
            egress = facts.FindSubport(egress, tag);
            if (egress < 0) return $"the tag {tag:x4} leads nowhere";
            type = Big.U16(bytes, at + 2);
            at += 4;
        }

        return null;
    }

    /// <summary>The datagram's length is the frame's, exactly; the header checksum is right.</summary>
    private static string? IsSound(ReadOnlySpan<byte> datagram)
    {
        if (datagram[0] >> 4 == 6)
        {
            bool isExact = datagram.Length >= 40 && 40 + Big.U16(datagram, 4) == datagram.Length;
            return isExact ? null : $"payload length and {datagram.Length} bytes differ";
        }

        int header = (datagram[0] & 15) * 4;
        if (header < 20 || header > datagram.Length) return "a header length that cannot be";
        if (Big.U16(datagram, 2) != datagram.Length) return $"total length {Big.U16(datagram, 2)} in {datagram.Length} bytes";
        return OnesSum.Of(datagram[..header]) == 0xffff ? null : "wrong IPv4 header checksum";
    }

    private string? CheckForwarded(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> datagram, int egress, ref Input input)
    {
        if (input.Fate.Outcome != Outcome.Forward) return $"forwarded, expected {input.Fate.Outcome} {input.Fate.Reason}";
        ReadOnlySpan<byte> original = burst.DatagramOf(input);
        string? wrong = CheckWay(bytes, input.Fate.Way!, DestinationOf(original), egress) ?? CheckDatagram(
            original, datagram, facts.Ports[egress].MtuBytes, hops: 1, ref input.SentPayload);
        Forwarded++;
        input.Sent++;
        return wrong;
    }

    private string? CheckReply(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> datagram, int egress, int bucket, ref Input input)
    {
        ReplyKind kind = input.Fate.Reply;
        if (kind == ReplyKind.None) return "answered, expected silence";
        if (input.Replies++ == 0)
        {
            _repliesByKind[(int)kind]++;
            bool isAllowed = kind != ReplyKind.Error || _errors.TrySpend(bucket, Now.Nanoseconds);
            if (!isAllowed) return $"bucket {bucket} has sent more errors than allowed";
        }

        if (input.Fate.ReplyRefused != DropReason.None) return $"answered, expected the answer to be dropped: {input.Fate.ReplyRefused}";
        ReadOnlySpan<byte> asked = burst.DatagramOf(input);
        ReadOnlySpan<byte> expected = _reply.AsSpan(0, ExpectedReply.Write(_reply, asked, input.Fate, facts));
        string? wrong = kind is ReplyKind.Arp or ReplyKind.Advertisement
            ? CheckLinkReply(bytes, asked, kind, egress, input)
            : CheckWay(bytes, input.Fate.ReplyWay!, DestinationOf(expected), egress);
        return wrong ?? CheckDatagram(expected, datagram, facts.Ports[egress].MtuBytes, hops: 0, ref input.RepliedPayload);
    }

    /// <summary>Back on the link that the question came by, to who asked; an advertisement for nobody in particular to all nodes.</summary>
    private string? CheckLinkReply(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> asked, ReplyKind kind, int egress, in Input input)
    {
        if (egress != input.Fate.Ingress) return $"answered by port {egress}, asked by {input.Fate.Ingress}";
        ulong expected = kind == ReplyKind.Arp ? Big.Mac(asked, 8)
            : Big.U128(asked, 8) == 0 ? 0x3333_0000_0001
            : Big.Mac(burst.FrameOf(input), 6);
        return Big.Mac(bytes, 0) == expected ? null : $"answered to {Big.Mac(bytes, 0):x12}, expected {expected:x12}";
    }

    private string? CheckWay(ReadOnlySpan<byte> bytes, RouteFact route, IpAddress destination, int egress)
    {
        ulong mac = Big.Mac(bytes, 0);
        if ((bytes[0] & 1) != 0) return $"sent to the group {mac:x12}";
        foreach (Way way in route.Ways)
        {
            if (way.Port == egress && facts.TryResolve(way, destination, out ulong expected) && expected == mac) return null;
        }

        return $"left by port {egress} to {mac:x12}, which is none of the route's ways";
    }

    private string? CheckDatagram(ReadOnlySpan<byte> original, ReadOnlySpan<byte> datagram, int mtuBytes, int hops, ref int sentPayload)
    {
        if (original.Length > mtuBytes)
        {
            Fragments++;
            bool mayCut = original[0] >> 4 == 4 && (original[6] & 0x40) == 0;
            if (!mayCut) return $"{original.Length} bytes may not be cut for an MTU of {mtuBytes}";
            return FragmentCheck.WhatIsWrong(original, datagram, mtuBytes, hops, ref sentPayload);
        }

        if (datagram.Length != original.Length) return $"{datagram.Length} bytes sent, expected {original.Length}";
        if (hops == 0) return datagram.SequenceEqual(original) ? null : $"differs at byte {datagram.CommonPrefixLength(original)}";
        int hopAt = original[0] >> 4 == 4 ? 8 : 7;
        int same = hopAt == 8 ? 12 : 8;                                 // from there on nothing may differ
        if (datagram[hopAt] != original[hopAt] - hops) return $"hop limit {datagram[hopAt]}, expected {original[hopAt] - hops}";
        bool isSame = datagram[..hopAt].SequenceEqual(original[..hopAt]) && datagram[same..].SequenceEqual(original[same..]);
        isSame &= hopAt == 7 || datagram[9] == original[9];
        return isSame ? null : "changed in more than the hop limit and the header checksum";
    }

    private static IpAddress DestinationOf(ReadOnlySpan<byte> datagram) =>
        datagram[0] >> 4 == 6 ? Ipv6Address.Read(datagram[24..]) : Ipv4Address.Read(datagram[16..]);
}
