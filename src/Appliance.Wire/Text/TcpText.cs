using Appliance.Wire.Transport;

namespace Appliance.Wire.Text;

internal static class TcpText
{
    private const int MaxOptionsShown = 16;
    private const string FlagLetters = "FSRP.UEWe";                   // from the lowest bit up, as tcpdump

    public static void Write(TextLine line, IpPayload payload)
    {
        if (!TcpView.TryParse(payload.Bytes, out TcpView tcp))
        {
            ProtocolText.WriteBroken(line, payload, "TCP", WhyNot(payload));
            return;
        }

        int length = payload.DeclaredLength - tcp.HeaderLength;
        line.AddEndpoints(payload.Source, tcp.SourcePort, payload.Destination, tcp.DestinationPort).Add($"Flags [{Letters(tcp.Flags)}]");
        WriteNumbers(line, tcp, length);
        if (tcp.Options.Length > 0) WriteOptions(line, tcp.Options);
        line.Add($", length {length}");
    }

    private static string WhyNot(IpPayload payload)
    {
        bool isOffsetThere = payload.Bytes.Length > 12;
        int headerLength = isOffsetThere ? (payload.Bytes[12] >> 4) * 4 : TcpView.MinHeaderLength;
        bool isLie = isOffsetThere && (headerLength < TcpView.MinHeaderLength || headerLength > payload.DeclaredLength);
        if (!isLie) return ProtocolText.ShortFault(payload);
        bool goesOn = payload.IsFirstFragment && headerLength > payload.DeclaredLength;
        return goesOn ? "[header goes on in the next fragment]" : $"[data offset {headerLength}]";
    }

    public static string Letters(TcpFlags flags)
    {
        string letters = "";
        for (int bit = 0; bit < FlagLetters.Length; bit++)
            if (((int)flags & (1 << bit)) != 0) letters += FlagLetters[bit];
        int reserved = (int)(flags & TcpFlags.Reserved);
        if (reserved != 0) letters += $"+0x{reserved:x}";
        return letters.Length == 0 ? "none" : letters;
    }

    private static void WriteNumbers(TextLine line, TcpView tcp, int length)
    {
        uint sequence = tcp.SequenceNumber;
        if (length > 0) line.Add($", seq {sequence}:{unchecked(sequence + (uint)length)}");
        else line.AddIf((tcp.Flags & (TcpFlags.Syn | TcpFlags.Fin | TcpFlags.Rst)) != TcpFlags.None, $", seq {sequence}");
        line.AddIf((tcp.Flags & TcpFlags.Ack) != TcpFlags.None, $", ack {tcp.AcknowledgmentNumber}");
        line.Add($", win {tcp.Window}");
        line.AddIf((tcp.Flags & TcpFlags.Urg) != TcpFlags.None, $", urg {tcp.UrgentPointer}");
    }

    private static void WriteOptions(TextLine line, ReadOnlySpan<byte> options)
    {
        var reader = new TcpOptionReader(options);
        string separator = ", options [";
        for (int shown = 0; shown < MaxOptionsShown && reader.MoveNext(); shown++)
        {
            line.Add(separator).Add(Describe(reader.Current));
            separator = ",";
        }

        line.AddIf(reader.IsMalformed, separator + "malformed");
        line.Add(separator == "," || reader.IsMalformed ? "]" : "");
    }

    private static string Describe(TcpOption option)
    {
        if (option.TryGetMaximumSegmentSize(out ushort segmentSize)) return $"mss {segmentSize}";
        if (option.TryGetWindowScale(out byte shift)) return $"wscale {shift}";
        if (option.TryGetTimestamps(out uint value, out uint echoReply)) return $"TS val {value} ecr {echoReply}";
        return option.Kind switch
        {
            TcpOptionKind.SackPermitted => "sackOK",
            TcpOptionKind.Sack => DescribeSack(option),
            TcpOptionKind.Md5Signature => "md5",
            TcpOptionKind.Authentication => "tcp-ao",
            TcpOptionKind.MultipathTcp => "mptcp",
            TcpOptionKind.FastOpen => "tfo",
            TcpOptionKind.AccurateEcnOrder0 or TcpOptionKind.AccurateEcnOrder1 => "accecn",
            _ => $"unknown-{(byte)option.Kind}",
        };
    }

    private static string DescribeSack(TcpOption option)
    {
        string blocks = $"sack {option.SackBlockCount} ";
        for (int i = 0; option.TryGetSackBlock(i, out uint left, out uint right); i++) blocks += $"{{{left}:{right}}}";
        return blocks;
    }
}
