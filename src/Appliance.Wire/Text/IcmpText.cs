using Appliance.Wire.Icmp;

namespace Appliance.Wire.Text;

internal static class IcmpText
{
    public static void Write(TextLine line, IpPayload payload)
    {
        line.AddEndpoints(payload.Source, payload.Destination);
        if (!IcmpView.TryParse(payload.Bytes, out IcmpView icmp))
        {
            line.Add($"ICMP {ProtocolText.ShortFault(payload)}, length {payload.DeclaredLength}");
            return;
        }

        line.Add("ICMP ").Add(Describe(icmp));
        if (icmp.IsError) QuotationText.Write(line, icmp.QuotedDatagram);
        line.Add($", length {payload.DeclaredLength}");
    }

    private static string Describe(IcmpView icmp) => icmp.Type switch
    {
        IcmpType.EchoRequest => $"echo request, id {icmp.EchoIdentifier}, seq {icmp.EchoSequence}",
        IcmpType.EchoReply => $"echo reply, id {icmp.EchoIdentifier}, seq {icmp.EchoSequence}",
        IcmpType.DestinationUnreachable => DescribeUnreachable(icmp),
        IcmpType.SourceQuench => "source quench",
        IcmpType.Redirect => $"redirect ({DescribeRedirect(icmp.Code)}) to {icmp.Gateway}",
        IcmpType.TimeExceeded => $"time exceeded {DescribeTimeExceeded(icmp.Code)}",
        IcmpType.ParameterProblem => $"parameter problem, code {icmp.Code}, octet {icmp.Pointer}",
        _ => $"type {(byte)icmp.Type}, code {icmp.Code}",
    };

    /// <summary>Also ICMPv6's, whose codes are the same (RFC 4443 §3.3).</summary>
    public static string DescribeTimeExceeded(byte code) => (IcmpTimeExceededCode)code switch
    {
        IcmpTimeExceededCode.InTransit => "in-transit",
        IcmpTimeExceededCode.Reassembly => "reassembly",
        _ => $"code {code}",
    };

    private static string DescribeUnreachable(IcmpView icmp) => (IcmpUnreachableCode)icmp.Code switch
    {
        IcmpUnreachableCode.Network => "net unreachable",
        IcmpUnreachableCode.Host => "host unreachable",
        IcmpUnreachableCode.Protocol => "protocol unreachable",
        IcmpUnreachableCode.Port => "port unreachable",
        IcmpUnreachableCode.FragmentationNeeded => $"unreachable - need to frag (mtu {icmp.NextHopMtu})",
        IcmpUnreachableCode.SourceRouteFailed => "source route failed",
        IcmpUnreachableCode.NetworkUnknown => "net unknown",
        IcmpUnreachableCode.HostUnknown => "host unknown",
        IcmpUnreachableCode.NetworkProhibited => "net prohibited",
        IcmpUnreachableCode.HostProhibited => "host prohibited",
        IcmpUnreachableCode.AdministrativelyProhibited => "admin prohibited",
        _ => $"unreachable, code {icmp.Code}",
    };

    private static string DescribeRedirect(byte code) => (IcmpRedirectCode)code switch
    {
        IcmpRedirectCode.Network => "net",
        IcmpRedirectCode.Host => "host",
        IcmpRedirectCode.ServiceAndNetwork => "tos and net",
        IcmpRedirectCode.ServiceAndHost => "tos and host",
        _ => $"code {code}",
    };
}
