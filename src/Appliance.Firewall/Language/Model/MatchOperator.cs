namespace Appliance.Firewall.Language;

/// <summary>How a port, user or group number is compared.</summary>
public enum MatchOperator : byte
{
    Any,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,

    /// <summary><c>a &gt;&lt; b</c>: above a and below b.</summary>
    Inside,

    /// <summary><c>a &lt;&gt; b</c>: below a or above b.</summary>
    Outside,

    /// <summary><c>a:b</c>: from a to b, both included.</summary>
    Range,
}
