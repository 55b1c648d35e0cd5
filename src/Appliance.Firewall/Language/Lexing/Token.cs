namespace Appliance.Firewall.Language;

/// <summary>
/// One token. <paramref name="Number" /> is a number's value; <paramref name="Text" /> is what was written, without quotes.
/// </summary>
internal readonly record struct Token(TokenKind Kind, string Text, long Number, SourcePosition Position)
{
    /// <summary>What names, labels and addresses are written as: pf's grammar calls it STRING.</summary>
    public bool IsString => Kind == TokenKind.Quoted || (Kind == TokenKind.Word && !Keywords.Contains(Text));

    public bool Is(char symbol) => Kind == TokenKind.Symbol && Text.Length == 1 && Text[0] == symbol;

    public bool Is(string word) => Kind is TokenKind.Word or TokenKind.Symbol && Text == word;

    public bool EndsStatement => Kind is TokenKind.NewLine or TokenKind.End;

    /// <summary>How a message names what it found.</summary>
    public string Shown => Kind switch
    {
        TokenKind.End => "the end of the file",
        TokenKind.NewLine => "the end of the line",
        _ => $"'{(Text.Length <= 60 ? Text : Text[..60])}'",
    };
}
