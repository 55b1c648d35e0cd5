namespace Appliance.Management;

/// <summary>Large frames or trains, and the segments that they were made of or became.</summary>
public sealed record JoinedDocument(long Superframes, long Segments);
