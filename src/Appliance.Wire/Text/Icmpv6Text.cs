using Appliance.Wire.Icmp;

namespace Appliance.Wire.Text;

internal static class Icmpv6Text
{
    public static void Write(TextLine line, IpPayload payload)
    {
        line.AddEndpoints(payload.Source, payload.Destination);
        if (!Icmpv6View.TryParse(payload.Bytes, out Icmpv6View icmp))
        {
            line.Add($"ICMP6 {ProtocolText.ShortFault(payload)}, length {payload.DeclaredLength}");
            return;
        }

        line.Add("ICMP6, ");
        if (!NdpText.TryWrite(line, icmp.Type, payload)) line.Add(Describe(icmp));
        if (icmp.IsError) QuotationText.Write(line, icmp.QuotedDatagram);
        line.Add($", length {payload.DeclaredLength}");
    }

    private static string Describe(Icmpv6View icmp) => icmp.Type switch
    {
        Icmpv6Type.EchoRequest => $"echo request, id {icmp.EchoIdentifier}, seq {icmp.EchoSequence}",
        Icmpv6Type.EchoReply => $"echo reply, id {icmp.EchoIdentifier}, seq {icmp.EchoSequence}",
        Icmpv6Type.DestinationUnreachable => DescribeUnreachable(icmp.Code),
        Icmpv6Type.PacketTooBig => $"packet too big, mtu {icmp.NextHopMtu}",
        Icmpv6Type.TimeExceeded => $"time exceeded {IcmpText.DescribeTimeExceeded(icmp.Code)}",
        Icmpv6Type.ParameterProblem => $"parameter problem, {DescribeProblem(icmp.Code)}, octet {icmp.Pointer}",
        Icmpv6Type.MulticastListenerQuery => "multicast listener query",
        Icmpv6Type.MulticastListenerReport => "multicast listener report",
        Icmpv6Type.MulticastListenerDone => "multicast listener done",
        Icmpv6Type.MulticastListenerReportVersion2 => "multicast listener report v2",
        _ => $"type {(byte)icmp.Type}, code {icmp.Code}",
    };

    private static string DescribeUnreachable(byte code) => (Icmpv6UnreachableCode)code switch
    {
        Icmpv6UnreachableCode.NoRoute => "no route to destination",
        Icmpv6UnreachableCode.AdministrativelyProhibited => "admin prohibited",
        Icmpv6UnreachableCode.BeyondScopeOfSource => "beyond scope of source",
        Icmpv6UnreachableCode.Address => "address unreachable",
        Icmpv6UnreachableCode.Port => "port unreachable",
        Icmpv6UnreachableCode.SourceFailedPolicy => "source failed policy",
        Icmpv6UnreachableCode.RouteRejected => "route rejected",
        _ => $"unreachable, code {code}",
    };

    private static string DescribeProblem(byte code) => (Icmpv6ParameterProblemCode)code switch
    {
        Icmpv6ParameterProblemCode.ErroneousHeaderField => "erroneous",
        Icmpv6ParameterProblemCode.UnrecognizedNextHeader => "next header",
        Icmpv6ParameterProblemCode.UnrecognizedOption => "option",
        Icmpv6ParameterProblemCode.IncompleteHeaderChain => "incomplete header chain",
        _ => $"code {code}",
    };
}
