using Appliance.Wire.Ndp;

namespace Appliance.Routing;

/// <summary>What a trace says of a message of neighbour discovery that must not be believed. Never empty.</summary>
internal static class NdpRuleText
{
    public static string Of(NdpVerdict verdict) => verdict switch
    {
        NdpVerdict.TooShort => "the message is shorter than its type demands",
        NdpVerdict.HopLimit => "the hop limit is not 255",
        NdpVerdict.Code => "the code is not 0",
        NdpVerdict.Option => "an option has no length or goes beyond the message",
        NdpVerdict.SourceNotLinkLocal => "a router speaks from link-local addresses only",
        NdpVerdict.LinkLayerAddressOfUnspecified => "nobody has a link-layer address and no address",
        NdpVerdict.UnspecifiedToOther => "who has no address yet asks a solicited-node group only",
        NdpVerdict.GroupTarget => "the target is a group",
        NdpVerdict.SolicitedToGroup => "a solicited advertisement goes to who asked, not to a group",
        NdpVerdict.RedirectTarget => "a redirect's target is link-local or the destination",
        _ => "not a message of neighbour discovery",
    };
}
