namespace Appliance.Firewall;

/// <summary>Knows where frames will be steered. Asked only when the steering has changed.</summary>
public interface IFlowSteering
{
    /// <param name="arriving">A key as on the wire of the port where the frames come in: their source is outside.</param>
    ushort BucketOf(in FlowKey arriving);
}
