namespace Appliance.Firewall.Language;

internal enum TokenKind : byte
{
    /// <summary>The end of the file.</summary>
    End,
    NewLine,

    /// <summary>Letters without quotes: a keyword or a name.</summary>
    Word,

    /// <summary>Text in quotes, which is never a keyword.</summary>
    Quoted,
    Number,

    /// <summary>One character, or one of <c>-&gt;</c>, <c>&lt;&gt;</c>, <c>&gt;&lt;</c>.</summary>
    Symbol,

    /// <summary>What no token is; the text says what is wrong.</summary>
    Error,
}
