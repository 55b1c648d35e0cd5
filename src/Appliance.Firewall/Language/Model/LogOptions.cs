namespace Appliance.Firewall.Language;

/// <summary><c>log</c> and what stands in its parentheses; <see cref="Interface" /> is the number of the pflog interface.</summary>
public sealed record LogOptions
{
    /// <summary>Every packet of the connection, not the first alone.</summary>
    public bool All { get; init; }

    /// <summary>Every later rule that matches, too.</summary>
    public bool Matches { get; init; }

    /// <summary>The owner of the socket.</summary>
    public bool User { get; init; }

    public byte Interface { get; init; }
}
