namespace Appliance.Engine;

/// <summary>How frames find their owner.</summary>
/// <param name="Hash">The hash under its key.</param>
/// <param name="Symmetric">The endpoints are put in order first, so that both directions meet; otherwise the NDIS rules bind.</param>
/// <param name="Types">What is hashed under the NDIS rules.</param>
/// <param name="Table">Bucket to worker.</param>
public sealed record SteeringRules(ToeplitzHash Hash, bool Symmetric, HashTypes Types, IndirectionTable Table)
{
    /// <summary>Whether every frame finds the same bucket under both, whoever owns it.</summary>
    public bool HasSameHashAs(SteeringRules other) =>
        Hash.Key.Bytes.AsSpan().SequenceEqual(other.Hash.Key.Bytes.AsSpan())
        && Symmetric == other.Symmetric
        && Types == other.Types
        && Table.Buckets == other.Table.Buckets;
}
