using Appliance.Wire.Transport;

namespace Appliance.Wire.Text;

internal static class SctpText
{
    private const int MaxChunksShown = 8;

    public static void Write(TextLine line, IpPayload payload)
    {
        if (!SctpView.TryParse(payload.Bytes, out SctpView sctp))
        {
            ProtocolText.WriteBroken(line, payload, "SCTP", ProtocolText.ShortFault(payload));
            return;
        }

        line.AddEndpoints(payload.Source, sctp.SourcePort, payload.Destination, sctp.DestinationPort).Add("SCTP");
        var reader = new SctpChunkReader(sctp.Chunks);
        for (int shown = 0; shown < MaxChunksShown && reader.MoveNext(); shown++) line.Add($" [{NameOf(reader.Current.Type)}]");
        bool isFault = reader.IsMalformed && !payload.IsTruncated && !payload.IsFirstFragment;
        line.AddIf(isFault, " [malformed chunk]").Add($", tag 0x{sctp.VerificationTag:x8}");
        line.Add($", length {payload.DeclaredLength - SctpView.HeaderLength}");
    }

    private static string NameOf(SctpChunkType type) => type switch
    {
        SctpChunkType.Data => "DATA",
        SctpChunkType.Initiation => "INIT",
        SctpChunkType.InitiationAcknowledgment => "INIT ACK",
        SctpChunkType.SelectiveAcknowledgment => "SACK",
        SctpChunkType.Heartbeat => "HB REQ",
        SctpChunkType.HeartbeatAcknowledgment => "HB ACK",
        SctpChunkType.Abort => "ABORT",
        SctpChunkType.Shutdown => "SHUTDOWN",
        SctpChunkType.ShutdownAcknowledgment => "SHUTDOWN ACK",
        SctpChunkType.Error => "OP ERR",
        SctpChunkType.CookieEcho => "COOKIE ECHO",
        SctpChunkType.CookieAcknowledgment => "COOKIE ACK",
        SctpChunkType.ShutdownComplete => "SHUTDOWN COMPLETE",
        SctpChunkType.InterleavedData => "I-DATA",
        SctpChunkType.ForwardCumulativeTsn => "FORWARD CUM TSN",
        _ => $"chunk {(byte)type}",
    };
}
