using System.Diagnostics.CodeAnalysis;

namespace Appliance.Configuration.Keys;

/// <summary>Null when the text was read, otherwise what is wrong with it.</summary>
internal delegate string? TextParser<T>(string text, [MaybeNull] out T value);
