// A token of an identity, with its expiry; it never shows.
using System.Diagnostics;
using System.Text.Json.Serialization;

namespace Llm;

/// <summary>A token for <c>Authorization: Bearer</c>, and how long it is good for.</summary>
/// <param name="Value">The token.</param>
/// <param name="ExpiresAt">When it expires: it is kept until shortly before. Null: it is asked for at every request.</param>
public sealed record BearerToken([property: JsonIgnore, DebuggerBrowsable(DebuggerBrowsableState.Never)] string Value, DateTimeOffset? ExpiresAt = null)
{
    /// <summary>Stars: the token does not show.</summary>
    public override string ToString() => "***";
}
