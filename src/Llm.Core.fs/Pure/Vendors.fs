// The vendors, as data.
namespace Llm.Core

/// <summary>The providers that are known from the start. Change one with its functions, and register it under a prefix.</summary>
[<RequireQualifiedAccess>]
module Vendors =
    /// <summary>All of them, by their prefixes.</summary>
    let registry: Registry = Registry.empty
