namespace Appliance.Firewall;

/// <summary>Knows where frames are steered.</summary>
public interface IFlowSteering
{
    /// <param name="arriving">A key as on the wire of the port where the frames come in: their source is outside.</param>
    /// <param name="isReply">
    /// Of ICMP messages: whether they answer, so that the identifier stands at their destination. Of others it says nothing.
    /// </param>
    ushort BucketOf(in FlowKey arriving, bool isReply);
}
