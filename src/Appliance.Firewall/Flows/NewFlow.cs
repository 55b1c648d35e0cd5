namespace Appliance.Firewall;

/// <summary>What a state is made of.</summary>
/// <param name="Wire">As on the port's wire.</param>
/// <param name="Stack">As inside; the same where nothing is translated. Of the same family, and bound to the same port or to none.</param>
/// <param name="Direction">The way of the frame that makes it.</param>
/// <param name="Bucket">Where that frame arrived, or the bucket to which it was brought because its connection is there.</param>
/// <param name="TimeoutSeconds">From its latest frame on; at full scale.</param>
/// <param name="Account">In which its rule's states are counted; 0: in none.</param>
/// <param name="IsOfAnswer">It was brought there: that frame goes the other way than the one that began the connection.</param>
public readonly record struct NewFlow(
    FlowKey Wire, FlowKey Stack, FlowDirection Direction, ushort Bucket, uint TimeoutSeconds, uint Account = 0, bool IsOfAnswer = false);
