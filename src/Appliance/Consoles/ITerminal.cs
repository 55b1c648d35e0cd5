namespace Appliance.Consoles;

/// <summary>A screen and a keyboard.</summary>
internal interface ITerminal
{
    void Line(string text);

    /// <summary>A line that the user types; null: there is no more input.</summary>
    string? Ask(string prompt);

    /// <summary>The same, and nobody sees it.</summary>
    string? AskHidden(string prompt);
}
