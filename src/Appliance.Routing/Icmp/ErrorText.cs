using Appliance.Engine;

namespace Appliance.Routing;

/// <summary>What a trace says of an ICMP error that was sent, or was not. Never empty.</summary>
internal static class ErrorText
{
    public static string NameOf(ErrorKind kind, bool v6) => kind switch
    {
        ErrorKind.NoRoute => v6 ? "no route to destination" : "net unreachable",
        ErrorKind.HostUnreachable => v6 ? "address unreachable" : "host unreachable",
        ErrorKind.Prohibited => v6 ? "administratively prohibited" : "communication prohibited",
        ErrorKind.TooBig => v6 ? "packet too big" : "fragmentation needed",
        ErrorKind.Refused => "destination unreachable",
        _ => "time exceeded",
    };

    /// <summary>Behind "no ICMP error".</summary>
    public static string WhyNever(FrameTraits cause)
    {
        if ((cause & FrameTraits.IcmpError) != FrameTraits.None) return "about an ICMP error";
        if ((cause & FrameTraits.LaterFragment) != FrameTraits.None) return "about a fragment after the first";
        if ((cause & FrameTraits.L2Group) != FrameTraits.None) return "about a frame to a group";
        if ((cause & FrameTraits.Generated) != FrameTraits.None) return "about what was made here";
        return "without an own address of its family";
    }
}
