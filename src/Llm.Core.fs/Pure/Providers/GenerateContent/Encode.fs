// To be written.
namespace Llm.Core

module internal GenerateContentEncodeStub =
    let private unused = ()
