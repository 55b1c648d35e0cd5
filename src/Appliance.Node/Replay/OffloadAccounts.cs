namespace Appliance.Node;

/// <summary>What coalescing joined and segmentation cut, in all.</summary>
/// <param name="LroSegments">Frames in trains of two or more, heads included.</param>
/// <param name="LroSuperframes">Such trains.</param>
/// <param name="TsoSuperframes">Large frames and trains that were cut here.</param>
/// <param name="TsoSegments">The frames they became.</param>
public sealed record OffloadAccounts(long LroSegments, long LroSuperframes, long TsoSuperframes, long TsoSegments)
{
    public static OffloadAccounts Of(NodeAccounts accounts) =>
        new(accounts.LroSegments, accounts.LroSuperframes, accounts.TsoSuperframes, accounts.TsoSegments);
}
