using Appliance.Engine;

namespace Appliance.Firewall;

/// <summary>Where frames of a flow are steered, when one has not the frame but what was quoted or kept of it.</summary>
internal static class QuotedBucket
{
    /// <summary>The bucket of the flow between two endpoints; of either direction, under rules that put them in order.</summary>
    public static ushort Of(SteeringRules rules, bool v6, in FrameEndpoints flow) =>
        rules.BucketOf(v6, flow.Source, flow.Destination, flow.SourcePort, flow.DestinationPort);
}
