namespace Appliance.Tidy;

/// <summary>A piece of a document that names something.</summary>
public sealed record Span(int Line, SpanKind Kind, string Text);
